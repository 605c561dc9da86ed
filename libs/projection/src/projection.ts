import type { Recorded } from '@dispatch/event-store';

/** An event with what a fold may know of where it stands. Time, actor and ids come from here; a fold has no clock. */
export interface Fact<Event> {
  readonly event: Event;
  readonly stream: string;
  /** The stream's name without its kind: the entity's id. */
  readonly id: string;
  readonly revision: number;
  readonly position: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly metadata: Recorded['metadata'];
}

/** What a projection's events have in common: a name and data. */
export interface NamedEvent {
  readonly type: string;
  readonly data: object;
}

type Of<Event extends NamedEvent, Type> = Extract<Event, { readonly type: Type }>;

/**
 * A read model as a value: what it is called, what its table looks like, and how events become rows. Handlers are
 * pure; the runner does all the I/O. Row properties are named as the table's columns.
 *
 * One row an entity: the key of an event is its stream, and so is the unit that is parked when an event of it
 * cannot be folded.
 */
export interface Projection<Row extends object = object, Event extends NamedEvent = NamedEvent> {
  /** Snake case; the name of the view that queries read. */
  readonly name: string;
  /** Goes up whenever the fold or the table changes; a higher one is rebuilt beside the live one and swapped in. */
  readonly version: number;
  /**
   * `create table :table (…)` and its indexes (`create index on :table (…)`). Needs the columns `key text primary
   * key` (the stream) and `stale boolean not null default false` (set by the runner while the key is parked) beside
   * those of Row.
   */
  readonly sql: string;
  /** Prefixes of the streams it follows, such as `ticket-`. */
  readonly streams: readonly string[];
  /** An event in today's shape. Throws for what it does not know: the key is then parked. */
  readonly decode: (recorded: Recorded) => Event;
  /** First events of an entity, by type. */
  readonly begins: { readonly [T in Event['type']]?: (fact: Fact<Of<Event, T>>) => Row };
  /** Later events, by type; null takes the row away. An event type that neither table names is passed over. */
  readonly when: { readonly [T in Event['type']]?: (row: Row, fact: Fact<Of<Event, T>>) => Row | null };
}
