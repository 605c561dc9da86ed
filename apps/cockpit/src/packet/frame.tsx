import { type ReactNode, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { useStanding } from '../outbox/use-outbox.js';
import { Icon, type IconName } from './icons.js';
import { count } from '../ui/words.js';

/** The frame of the phone's pages: where one is, and whether what one does arrives. */
export function Frame({
  title,
  back,
  away,
  children,
}: {
  title: string;
  back?: string;
  away: boolean;
  children: ReactNode;
}) {
  const { entries, link } = useStanding();
  const refused = entries.filter(({ refusal }) => refusal).length;
  const { says, icon, troubled } = sayOf({
    refused,
    waiting: entries.length - refused,
    signedOut: link === 'signed-out',
    away,
  });
  return (
    <div className="pk">
      <header className="pk-top no-print">
        {back ? (
          <Link href={back} className="pk-back" aria-label="Back to the jobs">
            <Icon name="back" />
          </Link>
        ) : (
          <span className="pk-brand">Dispatch</span>
        )}
        <span className="pk-top-title">{title}</span>
        <span className="pk-link" data-troubled={troubled} role="status">
          <Icon name={icon} />
          {says}
        </span>
      </header>
      <main className="pk-main">{children}</main>
    </div>
  );
}

interface Delivery {
  readonly refused: number;
  readonly waiting: number;
  readonly signedOut: boolean;
  readonly away: boolean;
}

/** Whether what was done has arrived, in two words. */
function sayOf({ refused, waiting, signedOut, away }: Delivery): { says: string; icon: IconName; troubled: boolean } {
  if (signedOut && waiting > 0) return { says: 'Sign in again', icon: 'key', troubled: true };
  if (away)
    return { says: waiting > 0 ? `Offline · ${count(waiting, 'step')}` : 'Offline', icon: 'off', troubled: true };
  if (refused > 0) return { says: `${refused} refused`, icon: 'alert', troubled: true };
  if (waiting > 0) return { says: `Sending ${count(waiting, 'step')}`, icon: 'cloud', troubled: false };
  return { says: 'Up to date', icon: 'check', troubled: false };
}

/** What the browser knows of the connection; it may be online and reach nothing. */
export const useOffline = (): boolean => !useSyncExternalStore(listen, () => navigator.onLine);

function listen(changed: () => void) {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}
