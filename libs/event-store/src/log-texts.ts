import type { EventStore, Position, Recorded } from './event-store.js';
import { canonicalJson } from './hash.js';

/** An event as it stands in the log: `data` and `metadata` as texts, which is what its hash was made of. */
export interface RecordedText extends Omit<Recorded, 'data' | 'metadata'> {
  readonly data: string;
  readonly metadata: string;
}

/**
 * The log for whoever checks it. A value that was parsed no longer shows every byte, and whoever reads millions of
 * events feels each step, so they come as texts and in pages. A page is never empty.
 */
export interface LogTexts {
  /** Events after `from` in log order, to the last there is. Aborts as {@link EventStore.read} does. */
  readAll(from: Position | 'start', signal?: AbortSignal): AsyncIterable<readonly RecordedText[]>;
  /** Events of one stream in revision order. */
  read(stream: string, signal?: AbortSignal): AsyncIterable<readonly RecordedText[]>;
  /** Absent where a log writes when it is asked for an id: whoever checks must leave no trace. */
  readonly find?: (eventId: string) => Promise<Pick<Recorded, 'stream' | 'revision' | 'position'> | undefined>;
  readonly head: () => Promise<Position | 'start'>;
  /** Positions start at 1 and have no gaps. */
  readonly gapless: boolean;
  close(): Promise<void>;
}

const PAGE = 500;

/**
 * The texts that a log's events would be written as, where only their values can be had: a byte that changes no value,
 * such as a space, goes unseen there. Closing it leaves the store open.
 */
export function textsOf(store: EventStore, { gapless }: Pick<LogTexts, 'gapless'>): LogTexts {
  return {
    readAll: (after, signal) => paged(store.readAll({ after, signal })),
    read: (stream, signal) => paged(store.read(stream, { signal })),
    head: () => store.head(),
    gapless,
    close: () => Promise.resolve(),
  };
}

async function* paged(events: AsyncIterable<Recorded>) {
  let page: RecordedText[] = [];
  for await (const event of events) {
    page.push({ ...event, data: canonicalJson(event.data), metadata: canonicalJson(event.metadata) });
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
