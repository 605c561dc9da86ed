import type { JsonObject, Recorded } from '@dispatch/event-store';
import { type Refusal, refuse } from './call.js';
import type { Outcome } from './run.js';

/** What a client gets for a command. */
export interface Answer {
  readonly status: 200 | 201;
  readonly body: JsonObject;
  /** The stream's revision after the command. */
  readonly version: number;
  readonly position: string;
  readonly eventId: string;
  readonly replayed: boolean;
}

export type Answered = Answer | { readonly rejection: Refusal };

/** An outcome in the contract's words. `render` sees the state as the command left it, also when it is repeated. */
export function answerTo<State>(
  outcome: Outcome<State, Refusal>,
  render: (state: State, event: Recorded) => Pick<Answer, 'status' | 'body'>,
  expectedVersion?: number,
): Answered {
  if ('rejection' in outcome) return outcome;
  if ('mismatch' in outcome) return refuse('IDEMPOTENCY_PAYLOAD_MISMATCH', {});
  if ('conflict' in outcome)
    return refuse('VERSION_CONFLICT', { expected_version: expectedVersion ?? null, actual_version: outcome.actual });
  const { state, event, replayed } = outcome;
  return {
    ...render(state, event),
    version: event.revision,
    position: event.position,
    eventId: event.id,
    replayed,
  };
}
