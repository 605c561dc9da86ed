import { setTimeout as sleep } from 'node:timers/promises';
import {
  BACKWARDS,
  END,
  FORWARDS,
  MaxAppendSizeExceededError,
  NO_STREAM,
  type ResolvedEvent,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { EventTooLarge, LogUnavailable, type Recorded } from '../event-store.js';
import { type Connection, LEADER_ONLY, noAnswer } from './client.js';
import { appended, claim, claimed, type Placed, recorded, written } from './codec.js';
import type { Names } from './names.js';
import { isMissing } from './reading.js';
import { received } from './receiving.js';

/** A claim's place among the claims of its event id; undefined before the first. */
export type ClaimRevision = bigint | undefined;

/** What a claim has come to: the event in its stream, or nothing, for ever, since another event has its place. */
export type Settled = { readonly holder: Recorded } | { readonly holder: undefined; readonly actual: number };
/** That of the claim at `claim`. */
export type SettledClaim = Settled & { readonly claim: bigint };

/**
 * One event id, one event in the whole log, on a server that promises it for one place in one stream only. An event is
 * first claimed: written whole, with the place it is for, to a stream named by its id. Then it is written to that
 * place. Whoever meets a claim finishes it, with the same bytes at the same place, before he says anything about the
 * id; so it does not matter who made it, whether he still lives, and who is first. Only where another event has the
 * place is a claim dead, and it stays so; then the id may be claimed again. See decision 8.
 */
export interface Claims {
  /** Claims the id after the claim at `after`, which is dead; undefined when somebody else has. */
  make(event: Placed, after: ClaimRevision): Promise<bigint | undefined>;
  /** Writes a claimed event to its place, or finds it there. */
  finish(event: Placed): Promise<Settled>;
  /** Settles the newest claim of an id; undefined when there is none. */
  settle(eventId: string): Promise<SettledClaim | undefined>;
  /** The same for an id that is known to be claimed. */
  settleTaken(eventId: string): Promise<SettledClaim>;
  /** The event at a place. */
  at(stream: string, revision: number): Promise<Recorded | undefined>;
  /** The newest event of a stream. */
  tail(stream: string): Promise<Recorded | undefined>;
}

/** Milliseconds between two looks for what the server has taken and does not show yet. */
const LOOK_MS = 5;

export function claimsOver(connection: Connection, names: Names, closing: AbortSignal): Claims {
  const { timeoutMs } = connection;

  async function one(name: string, from: bigint | typeof END): Promise<ResolvedEvent | undefined> {
    const direction = from === END ? BACKWARDS : FORWARDS;
    const open = () =>
      connection.client.readStream(name, { ...LEADER_ONLY, direction, fromRevision: from, maxCount: 1 });
    let found: ResolvedEvent | undefined;
    try {
      // To its end: see receiving.ts.
      for await (const event of received(open, { timeoutMs, until: 'item', signal: closing })) found = event;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    if (closing.aborted) throw new LogUnavailable('the event store is closed');
    return found;
  }

  async function at(stream: string, revision: number): Promise<Recorded | undefined> {
    const event = await one(names.ofStream(stream), BigInt(revision));
    return event && recorded(event, names);
  }

  async function tail(stream: string): Promise<Recorded | undefined> {
    const event = await one(names.ofStream(stream), END);
    return event && recorded(event, names);
  }

  async function make(event: Placed, after: ClaimRevision): Promise<bigint | undefined> {
    try {
      const result = await connection.append(names.ofClaim(event.id), after ?? NO_STREAM, claim(event));
      return result.nextExpectedRevision;
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return undefined;
      throw error instanceof MaxAppendSizeExceededError ? tooLarge(error) : error;
    }
  }

  async function finish(event: Placed): Promise<Settled> {
    const { stream, revision } = event;
    const before = revision === 0 ? NO_STREAM : BigInt(revision - 1);
    try {
      const result = await connection.append(names.ofStream(stream), before, written(event));
      return { holder: appended(event, result) ?? (await there(event)) };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      return settledAt(event, await shown(() => at(stream, revision)));
    }
  }

  /**
   * What a conflict has told of. The server counts a write from its arrival, and shows it once it is committed; should
   * it be lost before that, with the leader that took it, nothing is known.
   */
  async function shown<T>(look: () => Promise<T | undefined>): Promise<T> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > until) throw noAnswer(timeoutMs);
      await sleep(LOOK_MS);
    }
  }

  /** The event that a server without a position in its answer has taken. */
  async function there({ id, stream, revision }: Placed): Promise<Recorded> {
    const event = await shown(() => at(stream, revision));
    if (event.id !== id) throw new Error(`event ${id} was written to ${stream} and is not there`);
    return event;
  }

  async function settledAt(event: Placed, found: Recorded): Promise<Settled> {
    if (found.id === event.id) return { holder: found };
    const { revision } = (await tail(event.stream)) ?? found;
    return { holder: undefined, actual: revision };
  }

  async function settle(eventId: string): Promise<SettledClaim | undefined> {
    const newest = await one(names.ofClaim(eventId), END);
    if (!newest?.event) return undefined;
    const event = claimed(newest);
    // Nearly always a repeat long after: it is there, and is not sent again.
    const found = await at(event.stream, event.revision);
    const settled = found ? await settledAt(event, found) : await finish(event);
    return { ...settled, claim: newest.event.revision };
  }

  return { make, finish, at, tail, settle, settleTaken: (eventId) => shown(() => settle(eventId)) };
}

function tooLarge({ maxAppendSize }: MaxAppendSizeExceededError): EventTooLarge {
  return new EventTooLarge(
    `an event cannot be appended with this data: the server takes at most ${maxAppendSize} bytes at once`,
  );
}
