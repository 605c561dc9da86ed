/**
 * A process of its own that appends: reads one {@link WriterTask} as JSON from its input, writes one line of JSON
 * an acknowledged event, and ends when all are written.
 */
import { text } from 'node:stream/consumers';
import { openEventStoreDbEventStore } from '../eventstoredb/eventstoredb-event-store.js';
import { openPostgresEventStore } from '../postgres/postgres-event-store.js';
import { anEventOf } from './events.js';

export interface WriterTask {
  readonly writer: string;
  /** Appends to them in turn, whatever their tail is. */
  readonly streams: readonly string[];
  readonly events: number;
}

/** Where a log is, in the words of its adapter. */
export interface LogAddress {
  readonly url: string;
  /** See EventStoreDbEventStoreOptions. */
  readonly prefix?: string;
}

const CONCURRENT = 16;

async function main(): Promise<void> {
  const { log, task }: { log: LogAddress; task: WriterTask } = JSON.parse(await text(process.stdin));
  const store = log.url.startsWith('postgres') ? openPostgresEventStore(log) : openEventStoreDbEventStore(log);
  let next = 0;
  const writeOnAndOn = async (): Promise<void> => {
    for (let n = next++; n < task.events; n = next++) {
      const event = anEventOf({ writer: task.writer, n });
      const result = await store.append(task.streams[n % task.streams.length] ?? task.writer, 'any', event);
      if (!('written' in result)) throw new Error(`not written: ${JSON.stringify(result)}`);
      process.stdout.write(`${JSON.stringify(result.written)}\n`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, writeOnAndOn));
  await store.close();
}

await main();
