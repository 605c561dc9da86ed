import { inWords } from './words.js';

export type SlaStatus = 'breach' | 'warning' | 'healthy';

/** How near the deadline is: by colour and by word. */
export function SlaBadge({ status }: { status: SlaStatus }) {
  return (
    <span className="badge" data-mood={status}>
      {inWords(status)}
    </span>
  );
}

const PRIORITY_MOODS: Readonly<Record<string, string>> = { EMERGENCY: 'breach', URGENT: 'warning' };

export function PriorityBadge({ priority }: { priority: string }) {
  return (
    <span className="badge" data-mood={PRIORITY_MOODS[priority] ?? 'plain'}>
      {inWords(priority)}
    </span>
  );
}

/** Which way a state leans: who must act next is in the word, the dot's colour only groups. */
const STATE_MOODS: Readonly<Record<string, string>> = {
  NEW: 'accent',
  NEEDS_INFO: 'warning',
  APPROVAL_REQUIRED: 'warning',
  ON_HOLD: 'warning',
  IN_PROGRESS: 'healthy',
  ON_SITE: 'healthy',
  DISPATCHED: 'healthy',
  VERIFIED: 'healthy',
};

export function StateBadge({ state }: { state: string }) {
  return (
    <span className="state-badge" data-mood={STATE_MOODS[state] ?? 'plain'}>
      {inWords(state)}
    </span>
  );
}
