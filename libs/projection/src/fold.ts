import type { Position, Recorded } from '@dispatch/event-store';
import type { ReadModel, Row } from './read-model.js';

/** Why a key waits: the event that could not be folded, and what was thrown. */
export interface Parking {
  readonly position: Position;
  readonly revision: number;
  /** Name and message, at most {@link ERROR_LENGTH} characters. */
  readonly error: string;
}

export interface FoldInput {
  readonly events: readonly Recorded[];
  /** Rows that stand now; a key without one has no entry. */
  readonly rows: Pick<ReadonlyMap<string, Row | null>, 'get'>;
  /** Keys that are parked: their events stay in the log until the first of them can be folded. */
  readonly held: ReadonlySet<string>;
  /** Events that an operator has told to pass over. */
  readonly skipped: ReadonlySet<string>;
  /** Events known to be poison before they are tried, by id: the table refused what became of them. */
  readonly poison?: ReadonlyMap<string, string>;
}

export interface Folded {
  /** Rows that changed; null where the row is gone. A row of a parked key stands as before its poison event. */
  readonly rows: ReadonlyMap<string, Row | null>;
  readonly parked: ReadonlyMap<string, Parking>;
}

export const ERROR_LENGTH = 500;

/** Folds events in log order. Pure: the same facts give the same rows, however they are cut into batches. */
export function fold(model: ReadModel, { events, rows, held, skipped, poison }: FoldInput): Folded {
  const changed = new Map<string, Row | null>();
  const parked = new Map<string, Parking>();
  for (const recorded of events) {
    const { stream: key, revision, position } = recorded;
    if (!model.follows(key) || held.has(key) || parked.has(key)) continue;
    if (skipped.size > 0 && skipped.has(eventName(key, revision))) continue;
    const before = changed.get(key);
    const row = before === undefined ? (rows.get(key) ?? null) : before;
    try {
      const refused = poison?.get(recorded.id);
      if (refused !== undefined) throw new Error(refused);
      const after = model.step(row, recorded);
      if (after !== row) changed.set(key, after);
    } catch (error) {
      parked.set(key, { position, revision, error: described(error) });
    }
  }
  return { rows: changed, parked };
}

/** An event by its place in its stream. */
export function eventName(key: string, revision: number): string {
  return `${revision} ${key}`;
}

/** What may be shown of an error: never the data, which a message of ours does not carry. NUL fits in no text column. */
export function described(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no Error was thrown';
  return text.replaceAll('\0', '').slice(0, ERROR_LENGTH);
}
