import { type ReactNode, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { useStanding } from '../outbox/use-outbox.js';
import { Icon } from './icons.js';
import { count } from './words.js';

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
  const says =
    link === 'signed-out' && entries.length > 0
      ? 'Sign in again'
      : away
        ? 'Offline'
        : entries.length > 0
          ? 'Sending'
          : 'Up to date';
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
        <span className="pk-link" data-away={away || link === 'signed-out'} role="status">
          <Icon name={away ? 'off' : entries.length > 0 ? 'cloud' : 'check'} />
          {says}
          {entries.length > 0 && ` · ${count(entries.length, 'step')}`}
        </span>
      </header>
      <main className="pk-main">{children}</main>
    </div>
  );
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
