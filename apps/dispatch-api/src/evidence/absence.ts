import { absentFrom, type EvidenceStore, EvidenceStoreUnavailable } from '@dispatch/evidence';
import type { Ticket, Uuid } from '@dispatch/ticket';

/** Milliseconds that a closeout waits for the store to say what it holds; what only shows one waits for less. */
const JUDGED_MS = 3_000;
const SHOWN_MS = 1_000;

/** The ids of a ticket's evidence that its store lacks. */
export type AbsentEvidence = (ticket: Pick<Ticket, 'id' | 'evidence'>) => Promise<readonly Uuid[]>;

export interface Absence {
  /** For a decision. @throws EvidenceStoreUnavailable */
  readonly judged: AbsentEvidence;
  /** For a page: a store that is away takes nothing from it, since the decision will ask again. */
  readonly shown: AbsentEvidence;
}

/** Without a store nobody knows of anything that is absent. */
export function absenceIn(
  evidence: { readonly store: EvidenceStore; readonly strict: boolean; readonly waitMs?: number } | undefined,
): Absence {
  if (!evidence) return { judged: async () => [], shown: async () => [] };
  const { store, strict, waitMs = JUDGED_MS } = evidence;
  const judge = absentFrom(store, { strict, timeoutMs: waitMs });
  const show = absentFrom(store, { strict, timeoutMs: Math.min(waitMs, SHOWN_MS) });
  return {
    judged: ({ id, evidence: items }) => judge(id, items),
    shown: ({ id, evidence: items }) =>
      show(id, items).catch((error: unknown) => {
        if (error instanceof EvidenceStoreUnavailable) return [];
        throw error;
      }),
  };
}
