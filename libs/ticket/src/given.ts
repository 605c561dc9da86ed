import type { CloseoutTemplate } from './closeout.js';
import type { Instant, Uuid } from './kernel.js';

/** What a rule may know beside the ticket. The caller fetched it; a rule never asks. */
export interface Given {
  /** Not before the ticket's last event. */
  readonly now: Instant;
  /** The id of the event to be, and so of the approval or evidence that it brings in. */
  readonly id: Uuid;
  /** What the directory knows of the entities that the command names. */
  readonly directory: {
    readonly accountKnown: boolean;
    /** The account that the named site belongs to. */
    readonly siteAccountId: Uuid | undefined;
    readonly technicianKnown: boolean;
  };
  /** The policy's answers. */
  readonly policy: {
    /** The closeout template of an incident type. */
    readonly template: (incidentType: string) => CloseoutTemplate | undefined;
    readonly bypassNeedsManager: boolean;
    /** Whether this actor's role may confirm a window that was not proposed. */
    readonly mayConfirmAnyWindow: boolean;
  };
  /** Schemes of the object store, lower case, without colon. */
  readonly objectStoreSchemes: readonly string[];
  /** The ticket's evidence that names what its store should hold and does not: asked where a closeout is judged. */
  readonly absentEvidence: readonly Uuid[];
}
