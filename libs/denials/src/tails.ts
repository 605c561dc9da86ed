import { type EventStore, LogUnavailable, type NewEvent } from '@dispatch/event-store';

interface Tail {
  readonly stream: string;
  readonly revision: number;
  readonly at: string;
}

/** Appends that lose to other processes so often are tried again later. */
const ATTEMPTS = 20;

/**
 * Appends to streams that several processes append to, one stream at a time. Each event is put behind the one before it
 * also in its time: the clocks of machines differ, and the time in a stream never goes back. Throws what the log throws;
 * an event that was written already is not written again.
 */
export function tails(store: Pick<EventStore, 'read' | 'append'>) {
  let known: Tail | undefined;

  /** The stream's last event, from what is known of it on. */
  async function tailOf(stream: string): Promise<Tail | undefined> {
    let tail = known?.stream === stream ? known : undefined;
    for await (const { revision, at } of store.read(stream, { from: tail ? tail.revision + 1 : 0 }))
      tail = { stream, revision, at };
    known = tail;
    return tail;
  }

  return async (stream: string, event: NewEvent): Promise<void> => {
    let tail = known?.stream === stream ? known : await tailOf(stream);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const at = tail && tail.at > event.at ? tail.at : event.at;
      const result = await store.append(stream, tail ? tail.revision : 'none', { ...event, at });
      if ('written' in result) known = { stream, revision: result.written.revision, at };
      if (!('conflict' in result)) return;
      tail = await tailOf(stream);
    }
    throw new LogUnavailable(`the stream ${stream} is written to by too many at once`);
  };
}
