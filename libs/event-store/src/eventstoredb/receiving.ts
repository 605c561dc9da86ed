import { isCommandError } from '@eventstore/db-client';
import { LogUnavailable } from '../event-store.js';
import { asAway, leadsElsewhere, noAnswer } from './client.js';

/** A read or a subscription of the client. */
type Source<T> = AsyncIterable<T> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'confirmation', listener: () => void): unknown;
  destroy(error?: Error): unknown;
} & ({ cancel(): Promise<void> } | { unsubscribe(): Promise<void> });

export interface Receiving {
  /** Milliseconds it may be silent: from item to item, or, of a subscription, until the server confirms it. */
  readonly timeoutMs: number;
  readonly until: 'item' | 'confirmation';
  /** Ends it without an error. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The items of a stream of the client, which is let go of when they are no longer wanted.
 * @throws LogUnavailable when the cluster is away.
 */
export async function* received<T>(open: () => Source<T>, receiving: Receiving): AsyncGenerator<T, void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return yield* itemsOf(open(), receiving);
    } catch (error) {
      // A node says so before its first item.
      if (!(await leadsElsewhere(error, tries))) throw error;
    }
  }
}

/** The client's streams end neither when they are cancelled nor, of themselves, when the server falls silent. */
async function* itemsOf<T>(stream: Source<T>, { timeoutMs, until, signal }: Receiving): AsyncGenerator<T, void> {
  // Also after it was let go of: the client then still tells of errors that are nobody's.
  stream.on('error', () => undefined);
  const leave = () => void stream.destroy();
  if (signal?.aborted) leave();
  signal?.addEventListener('abort', leave);
  const silence = () => setTimeout(() => stream.destroy(noAnswer(timeoutMs)), timeoutMs);
  const confirming = until === 'confirmation' ? silence() : undefined;
  stream.once('confirmation', () => clearTimeout(confirming));
  const items = stream[Symbol.asyncIterator]();
  // A call that the server has ended is not cancelled: servers cut off who resets calls by the hundred.
  let over = false;
  try {
    for (;;) {
      const waiting = until === 'item' ? silence() : undefined;
      const next = await items.next().finally(() => clearTimeout(waiting));
      over = next.done === true;
      if (next.done || signal?.aborted) return;
      yield next.value;
    }
  } catch (error) {
    if (signal?.aborted) return;
    over = error instanceof Error && isCommandError(error);
    throw asAway(error);
  } finally {
    clearTimeout(confirming);
    signal?.removeEventListener('abort', leave);
    if (over) stream.destroy();
    else letGo(stream);
  }
}

/** Of a subscription, which has no end of its own. */
export function ended(): LogUnavailable {
  return new LogUnavailable('EventStoreDB has ended the subscription');
}

function letGo(stream: Source<unknown>): void {
  const gone = 'cancel' in stream ? stream.cancel() : stream.unsubscribe();
  // Of one that never came to be.
  gone.catch(() => undefined);
  stream.destroy();
}
