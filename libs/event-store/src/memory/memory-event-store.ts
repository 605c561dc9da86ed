import { admit } from '../admission.js';
import {
  type Appended,
  type EventStore,
  type Expected,
  LogUnavailable,
  type NewEvent,
  type Position,
  type Recorded,
  type Restored,
  type Restoring,
} from '../event-store.js';
import { chainHash, GENESIS, parsedObject } from '../hash.js';
import { linksBy } from '../links.js';
import { admitRecorded, brokenLink, holderMisfit } from '../restoring.js';

/** A log in this process, for tests: the same answers as the Postgres log, and nothing durable. */
export function openMemoryEventStore(): EventStore & Restoring {
  return new MemoryEventStore();
}

class MemoryEventStore implements EventStore, Restoring {
  /** Index 0 holds position 1. */
  private readonly log: Recorded[] = [];
  private readonly byStream = new Map<string, Recorded[]>();
  private readonly byId = new Map<string, Recorded>();
  /** Followers that wait for the log to grow or the store to close. */
  private readonly waiting = new Set<() => void>();
  private closed = false;

  async append(stream: string, expected: Expected, event: NewEvent): Promise<Appended> {
    this.refuseClosed();
    const { data, metadata, contentHash } = admit(stream, expected, event);
    const duplicate = this.byId.get(event.id);
    if (duplicate) return { duplicate };
    const before = this.byStream.get(stream) ?? [];
    const tail = before.at(-1);
    const tailRevision = tail ? tail.revision : 'none';
    if (expected !== 'any' && expected !== tailRevision) return { conflict: tailRevision };

    const prevHash = tail ? tail.hash : GENESIS;
    const written: Recorded = {
      id: event.id,
      type: event.type,
      schemaVersion: event.schemaVersion,
      // Read back from the text: what the writer does to its object later does not reach the log.
      data: parsedObject(data),
      metadata: parsedObject(metadata),
      at: event.at,
      stream,
      revision: before.length,
      position: String(this.log.length + 1),
      prevHash,
      hash: chainHash(prevHash, contentHash),
    };
    this.log.push(written);
    this.byStream.set(stream, before);
    before.push(written);
    this.byId.set(written.id, written);
    this.wake();
    return { written };
  }

  async restore(events: readonly Recorded[]): Promise<Restored> {
    this.refuseClosed();
    let written = 0;
    for (const event of events) {
      const checked = admitRecorded(event);
      if ('misfit' in checked) return checked;
      const { stream, revision } = event;
      const holder = this.byId.get(event.id) ?? this.byStream.get(stream)?.[revision];
      const misfit = holder ? holderMisfit(event, holder) : brokenLink(event, this.byStream.get(stream)?.at(-1));
      if (misfit) return { misfit };
      if (holder) continue;
      await this.append(stream, checked.admitted.expected, event);
      written += 1;
    }
    return { written };
  }

  async *read(stream: string, { from = 0, signal }: { from?: number; signal?: AbortSignal } = {}) {
    this.refuseClosed();
    yield* upTo(this.byStream.get(stream) ?? [], from, signal);
  }

  async find(eventId: string): Promise<Recorded | undefined> {
    this.refuseClosed();
    return this.byId.get(eventId);
  }

  async *readAll({ after, signal }: { after: Position | 'start'; signal?: AbortSignal }) {
    this.refuseClosed();
    yield* upTo(this.log, indexAfter(after), signal);
  }

  readonly links = linksBy((options) => this.readAll(options));

  async *follow(after: Position | 'start', signal: AbortSignal) {
    for (let index = indexAfter(after); !signal.aborted; ) {
      this.refuseClosed();
      const event = this.log[index];
      if (event) {
        yield event;
        index += 1;
      } else await this.growth(signal);
    }
  }

  async head(): Promise<Position | 'start'> {
    this.refuseClosed();
    return this.log.at(-1)?.position ?? 'start';
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
  }

  private growth(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.waiting.add(wake);
    });
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }

  private refuseClosed(): void {
    if (this.closed) throw new LogUnavailable('the event store is closed');
  }
}

function indexAfter(position: Position | 'start'): number {
  return position === 'start' ? 0 : Number(position);
}

/** What stands in the list now; later additions are left out. */
async function* upTo(events: readonly Recorded[], from: number, signal: AbortSignal | undefined) {
  for (const event of events.slice(from)) {
    signal?.throwIfAborted();
    yield event;
  }
}
