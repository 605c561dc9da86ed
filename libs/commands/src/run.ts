import { type EventStore, LogUnavailable, type NewEvent, type Recorded } from '@dispatch/event-store';
import { inTurn } from './in-turn.js';
import type { Streams } from './streams.js';

/** What tells a command from others, and from its own repeats. */
export interface Repeat<State, Refusal> {
  /** Follows from the command's identity: see identity.ts. */
  readonly eventId: string;
  /** What was asked: see contentHashOf. */
  readonly contentHash: string;
  /** Whether an event was made of what is asked now; by the content hash by default. */
  readonly sameRequest?: (event: Recorded) => Promise<boolean>;
  /** Why the actor may no longer see what the first try answered; undefined when it may. */
  mayReplay(state: State): Refusal | undefined;
}

/** A command as the path needs it: what is asked, told apart from how it is decided. */
export interface Attempt<State, Refusal> extends Repeat<State, Refusal> {
  readonly stream: string;
  /** The command begins its stream: nothing is read to learn that there is none yet, since the append tells. */
  readonly begins?: boolean;
  /** Asked again whenever the stream turns out to have moved. */
  decide(state: State | undefined): Promise<{ readonly event: NewEvent } | { readonly rejection: Refusal }>;
}

/** Nothing was written. */
export type Refused<Refusal> =
  | { readonly rejection: Refusal }
  /** The key was used for other content. */
  | { readonly mismatch: true }
  /** Others were faster each time. `actual` is the revision that was met last. */
  | { readonly conflict: true; readonly actual: number };

export type Outcome<State, Refusal> =
  /** `state` is the stream folded up to and including `event`, whether it was written now or by an earlier try. */
  { readonly state: State; readonly event: Recorded; readonly replayed: boolean } | Refused<Refusal>;

const ATTEMPTS = 5;

/**
 * The one way in which anything is written: load, decide, append; on a lost race load again. A repeated command
 * is met as a duplicate on append, or, since its own first try may be why it is refused now, by looking its id
 * up before any refusal is answered.
 */
export function commandPath<State>(store: EventStore, streams: Streams<State>) {
  // Who waits while the log is away would only wait for it again, one timeout after another.
  const turn = inTurn((error) => error instanceof LogUnavailable);

  /** The answer to a command that cannot be accepted: that of its own first try, where there was one. */
  async function refused<Refusal>(repeat: Repeat<State, Refusal>, outcome: Refused<Refusal>) {
    const earlier = await store.find(repeat.eventId);
    return earlier ? replay(streams, repeat, earlier) : outcome;
  }

  async function run<Refusal>(attempt: Attempt<State, Refusal>): Promise<Outcome<State, Refusal>> {
    const outcome = await turn(attempt.stream, () => decideAndAppend(store, streams, attempt));
    if ('event' in outcome) return outcome;
    return 'duplicate' in outcome ? replay(streams, attempt, outcome.duplicate) : refused(attempt, outcome);
  }

  return { run, refused };
}

async function decideAndAppend<State, Refusal>(
  store: EventStore,
  streams: Streams<State>,
  { stream, begins = false, decide }: Attempt<State, Refusal>,
) {
  let subject = begins ? undefined : await streams.recent(stream);
  let current = !begins && subject === undefined;
  for (let tries = 1; tries <= ATTEMPTS; ) {
    const decision = await decide(subject?.state);
    if ('rejection' in decision) {
      // A refusal is only as good as the state it rests on; an acceptance is checked by the append itself.
      if (current) return decision;
      const before = subject?.revision;
      subject = await streams.current(stream);
      current = true;
      if (subject?.revision === before) return decision;
      continue;
    }
    const result = await store.append(stream, subject?.revision ?? 'none', decision.event);
    if ('written' in result) {
      const { state } = streams.wrote(subject, result.written);
      return { state, event: result.written, replayed: false };
    }
    if ('duplicate' in result) return result;
    subject = await streams.current(stream);
    current = true;
    tries += 1;
  }
  return { conflict: true as const, actual: subject?.revision ?? -1 };
}

async function replay<State, Refusal>(
  streams: Streams<State>,
  { contentHash, sameRequest, mayReplay }: Repeat<State, Refusal>,
  event: Recorded,
): Promise<Outcome<State, Refusal>> {
  const same = sameRequest ? await sameRequest(event) : event.metadata.contentHash === contentHash;
  if (!same) return { mismatch: true };
  const now = await streams.current(event.stream);
  const then = await streams.at(event.stream, event.revision);
  if (!now || !then) throw new Error(`event ${event.id} is not in its stream`);
  const refusal = mayReplay(now.state);
  return refusal ? { rejection: refusal } : { state: then.state, event, replayed: true };
}
