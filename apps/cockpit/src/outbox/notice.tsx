import { type ReactNode, useState } from 'react';
import { Icon } from '../packet/icons.js';
import { Button } from '../packet/parts.js';
import { sentenceOf, titleOf } from '../packet/sentences.js';
import { agoText } from '../packet/when.js';
import { count } from '../ui/words.js';
import { type Entry, removable } from './entry.js';
import type { Outbox, Standing } from './outbox.js';

interface NoticeProps {
  readonly standing: Standing;
  readonly outbox: Outbox;
  /** Those to tell of. */
  readonly entries: readonly Entry[];
  /** How many others wait that are not told of. */
  readonly elsewhere: number;
  /** The device is offline, or the service is away. */
  readonly away: boolean;
  readonly onSignIn: () => void;
  /** How to do a refused one again in another way, where there is one. */
  readonly edit: (entry: Entry) => ReactNode;
}

/** What has not arrived yet, what was refused, and what can be done about it. Silent when there is nothing to say. */
export function OutboxNotice({ standing, outbox, entries, elsewhere, away, onSignIn, edit }: NoticeProps) {
  const refused = entries.filter(({ refusal }) => refusal);
  const waiting = entries.filter(({ refusal }) => !refusal);
  const signedOut = standing.link === 'signed-out';
  if (standing.entries.length + standing.othersWaiting === 0 && !away) return null;
  return (
    <div className="pk-notices no-print" aria-live="polite">
      {signedOut && standing.entries.length > 0 && (
        <div className="pk-notice pk-notice-bad">
          <Icon name="key" />
          <div>
            <p>
              <strong>Your sign-in has expired.</strong> What you did is kept on this device, and is sent once you sign
              in again.
            </p>
            <Button weight="main" onPress={onSignIn}>
              Sign in again
            </Button>
          </div>
        </div>
      )}
      {refused.map((entry) => (
        <RefusedNotice key={entry.seq} entry={entry} outbox={outbox} behind={waiting.length} edit={edit} />
      ))}
      {waiting.length > 0 && refused.length === 0 && (
        <WaitingNotice {...{ standing, outbox, waiting, away, signedOut }} />
      )}
      {waiting.length === 0 && refused.length === 0 && away && (
        <div className="pk-notice">
          <Icon name="off" />
          <p>
            <strong>No connection.</strong> Go on working: everything is kept on this device and sent later.
          </p>
        </div>
      )}
      {elsewhere > 0 && (
        <p className="pk-quiet">
          {count(elsewhere, 'more step')} of other jobs {elsewhere === 1 ? 'waits' : 'wait'}.
        </p>
      )}
      {standing.othersWaiting > 0 && (
        <p className="pk-quiet">
          {count(standing.othersWaiting, 'step')} of somebody else {standing.othersWaiting === 1 ? 'waits' : 'wait'} on
          this device for their sign-in.
        </p>
      )}
    </div>
  );
}

function WaitingNotice({
  standing,
  outbox,
  waiting,
  away,
  signedOut,
}: {
  standing: Standing;
  outbox: Outbox;
  waiting: readonly Entry[];
  away: boolean;
  signedOut: boolean;
}) {
  const steps = count(waiting.length, 'step');
  const tried = Math.max(...waiting.map(({ attempts }) => attempts));
  return (
    <details className="pk-notice">
      <summary>
        <Icon name={away ? 'off' : 'cloud'} />
        <span>
          <strong>
            {away ? `No connection: ${steps} kept here` : signedOut ? `${steps} kept here` : `Sending ${steps}`}
          </strong>{' '}
          <span className="pk-quiet pk-block">
            {away ? 'Sent when you are back in reach' : tried > 3 ? `Tried ${tried} times` : ''}
          </span>
        </span>
      </summary>
      <ol className="pk-waiting">
        {waiting.map((entry) => (
          <li key={entry.seq}>
            <span>
              {titleOf(entry)}
              <span className="pk-quiet">
                {' '}
                {standing.sending === entry.seq ? 'sending…' : agoText(entry.madeAt, Date.now())}
              </span>
            </span>
            {removable(entry) && (
              <Button weight="quiet" onPress={() => void outbox.discard(entry.seq)}>
                Take back
              </Button>
            )}
          </li>
        ))}
      </ol>
      <Button weight="plain" onPress={outbox.wake}>
        Try now
      </Button>
    </details>
  );
}

function RefusedNotice({
  entry,
  outbox,
  behind,
  edit,
}: {
  entry: Entry;
  outbox: Outbox;
  behind: number;
  edit: (entry: Entry) => ReactNode;
}) {
  const [sure, setSure] = useState(false);
  const { refusal } = entry;
  if (!refusal) return null;
  return (
    <div className="pk-notice pk-notice-bad" role="alert">
      <Icon name="alert" />
      <div>
        <p>
          <strong>{titleOf(entry)} was refused.</strong> {sentenceOf({ ...refusal.details, ...refusal })}
        </p>
        <p className="pk-quiet">
          {refusal.code}
          {behind > 0 && ` · ${count(behind, 'step')} after it ${behind === 1 ? 'waits' : 'wait'} for your decision`}
        </p>
        <div className="pk-row">
          <Button weight="main" onPress={() => void outbox.retry(entry.seq)}>
            Try again
          </Button>
          {edit(entry)}
          <Button weight="danger" onPress={() => (sure ? void outbox.discard(entry.seq) : setSure(true))}>
            {sure ? 'Yes, discard it' : 'Discard'}
          </Button>
        </div>
      </div>
    </div>
  );
}
