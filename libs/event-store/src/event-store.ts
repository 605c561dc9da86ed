/**
 * The log as the rest of Dispatch sees it: append-only streams in one totally ordered log.
 * Few verbs; every adapter passes conformance.ts.
 */
export interface EventStore {
  /**
   * Events of one stream in revision order, read in bounded batches; nothing when the stream does not exist.
   * `from` is the first revision wanted (default 0). Throws the signal's reason when it aborts, so that a part is
   * never taken for the whole.
   */
  read(stream: string, options?: { readonly from?: number; readonly signal?: AbortSignal }): AsyncIterable<Recorded>;

  /**
   * The event with this id, whatever its stream. In a log that writes in steps it may first be brought to its end: an
   * append whose outcome was unknown is then settled for good.
   */
  find(eventId: string): Promise<Recorded | undefined>;

  /**
   * All or nothing, durable when the promise resolves. An id that is already in the log, in this stream or
   * another, is never written again: the answer is then the event that holds it, whatever `expected` says.
   * {@link LogUnavailable} means that the outcome is unknown: the same append may be sent again. A RangeError means
   * that nothing was written, since no log could hold the event: it names the field, and admission.ts has the limits.
   * It is an {@link EventTooLarge} where this log takes none so large.
   */
  append(stream: string, expected: Expected, event: NewEvent): Promise<Appended>;

  /**
   * Events after `from` in log order up to the head as it was met, in bounded batches; ends there.
   * A reader that goes by position never misses an event. Aborts as {@link read} does.
   */
  readAll(options: { readonly after: Position | 'start'; readonly signal?: AbortSignal }): AsyncIterable<Recorded>;

  /**
   * What the chains say of the same events, in non-empty pages of a thousand at most: for whoever hashes the log and
   * reads none of it. The Postgres log then fetches a tenth of the bytes.
   */
  links(options: { readonly after: Position | 'start'; readonly signal?: AbortSignal }): AsyncIterable<readonly Link[]>;

  /**
   * Like {@link readAll}, and then on: waits for new events and yields them until the signal aborts (then it
   * returns). One event at a time: the next is asked for when the last is done. While the log is away it keeps
   * trying; once the store is closed it throws {@link LogUnavailable}.
   */
  follow(after: Position | 'start', signal: AbortSignal): AsyncIterable<Recorded>;

  /** Position of the newest event, 'start' when the log is empty. Also the probe that the log is reachable. */
  head(): Promise<Position | 'start'>;

  /** Waits for appends in flight, then lets go of every connection. Appends that come later throw. */
  close(): Promise<void>;
}

/**
 * What takes over events that another log has recorded. Beside {@link EventStore} and not in it, so that nothing that
 * appends for commands can reach it.
 */
export interface Restoring {
  /**
   * Writes events as they were recorded, in the order given: each to its stream and revision, with its id, time and
   * hashes; the position is this log's own. Nothing is taken on trust: each hash is computed again, from what the event
   * says and from the hash before it in this log. What stands at its place already is passed over, so that the same
   * call may be made again. Stops at the first event that does not fit; neither that nor what comes after it is written.
   * {@link LogUnavailable} means that a part may be written.
   */
  restore(events: readonly Recorded[]): Promise<Restored>;
}

export type Restored =
  /** All of them stand in this log; so many were written now. */
  { readonly written: number } | { readonly misfit: Misfit };

/** An event that the log does not take as it was recorded, and why. */
export interface Misfit {
  readonly stream: string;
  readonly revision: number;
  readonly reason: string;
}

/** What the stream's tail must be: its revision, 'none' (no such stream yet) or 'any'. */
export type Expected = number | 'none' | 'any';

/**
 * A place in the log as decimal text; later events have greater ones by {@link comparePositions}. In the Postgres log
 * positions are gapless and start at 1; in EventStoreDB they are offsets in bytes, so nobody may count events by them.
 * Text, because they may pass 53 bits.
 */
export type Position = string;

/** What is appended. `data` and `metadata` are plain JSON: no undefined, no NUL, no lone surrogate. */
export interface NewEvent {
  /** UUID, lower case; unique in the log. */
  readonly id: string;
  /** A past fact's name. */
  readonly type: string;
  /** Version of the shape of `data`, from 1; readers upcast. */
  readonly schemaVersion: number;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  /** When it was decided, RFC 3339 UTC with milliseconds. The caller keeps it from going backwards in a stream. */
  readonly at: string;
}

/** An event in the log. */
export interface Recorded extends NewEvent {
  readonly stream: string;
  /** 0 for a stream's first event, +1 an event. */
  readonly revision: number;
  readonly position: Position;
  /** Hex SHA-256 chain of the stream: see hash.ts. `prevHash` is 64 zeros at revision 0. */
  readonly prevHash: string;
  readonly hash: string;
}

/** Where an event stands, and the hash that covers all of it. */
export type Link = Pick<Recorded, 'position' | 'stream' | 'revision' | 'hash'>;

export type Appended =
  | { readonly written: Recorded }
  /** Nothing written: the stream's tail was at this revision ('none': no such stream). */
  | { readonly conflict: number | 'none' }
  /** Nothing written: the id is taken by this event, maybe of another stream. */
  | { readonly duplicate: Recorded };

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The log cannot be reached or did not answer in time. For an append the outcome is unknown. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}

/** More than this log takes for one event. Nothing of it was written, and its id is free. */
export class EventTooLarge extends RangeError {
  override readonly name = 'EventTooLarge';
}

/** Negative, zero or positive as `a` stands before, at or after `b`. */
export function comparePositions(a: Position | 'start', b: Position | 'start'): number {
  if (a === b) return 0;
  if (a === 'start') return -1;
  if (b === 'start') return 1;
  return a.length === b.length ? (a < b ? -1 : 1) : a.length - b.length;
}
