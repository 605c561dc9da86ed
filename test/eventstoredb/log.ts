/** An event as a writer proposes it. */
export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface Stored extends Proposed {
  readonly stream: string;
  readonly revision: number;
  /** Commit and prepare position, which are one where every write is its own transaction. */
  readonly position: bigint;
  /** Ticks of 100 ns. */
  readonly created: string;
}

export type ExpectedVersion = number | 'any' | 'no_stream' | 'stream_exists';
export type Verdict =
  | { readonly revision: number; readonly position: bigint }
  /** -1: no such stream. */
  | { readonly wrong: number };

/** What a record takes in the log beside its data, in bytes: positions are offsets and have gaps. */
const OVERHEAD = 160;

/** The log behind the double: streams with expected versions, and one order over all of them. */
export class DoubleLog {
  readonly all: Stored[] = [];
  private readonly streams = new Map<string, Stored[]>();
  private readonly waiting = new Set<() => void>();
  private end = 0n;

  constructor() {
    // A server's own first records: no log is empty.
    this.append('$settings', 'no_stream', [proposal('$system', '00000000-0000-4000-8000-000000000001')]);
    this.append('$$$settings', 'no_stream', [proposal('$metadata', '00000000-0000-4000-8000-000000000002')]);
  }

  stream(name: string): readonly Stored[] {
    return this.streams.get(name) ?? [];
  }

  /**
   * Writes all or nothing. As the server does it, the same ids at the same expected revision are a success that
   * writes nothing; with 'any' a repeated id is written again, which is the least that the server promises.
   */
  append(name: string, expected: ExpectedVersion, proposed: readonly Proposed[]): Verdict {
    const stream = this.streams.get(name) ?? [];
    const current = stream.length - 1;
    const after = expected === 'no_stream' ? -1 : expected;
    if (after === 'stream_exists' && current < 0) return { wrong: current };
    if (typeof after === 'number' && after !== current) {
      const there = stream.slice(after + 1, after + 1 + proposed.length);
      const last = there.at(-1);
      const same = there.length === proposed.length && there.every(({ id }, n) => id === proposed[n]?.id);
      return same && last ? { revision: last.revision, position: last.position } : { wrong: current };
    }
    for (const event of proposed) this.write(name, stream, event);
    this.streams.set(name, stream);
    for (const wake of [...this.waiting]) wake();
    return { revision: stream.length - 1, position: stream.at(-1)?.position ?? 0n };
  }

  /** Resolves when something was written after this was called, or the signal aborts. */
  growth(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }

  private write(name: string, stream: Stored[], event: Proposed): void {
    const created = String(BigInt(Date.now()) * 10_000n);
    const stored = { ...event, stream: name, revision: stream.length, position: this.end, created };
    this.end += BigInt(OVERHEAD + name.length + event.data.length + event.metadata.length);
    stream.push(stored);
    this.all.push(stored);
  }
}

/** An event with nothing in it, as the server or another application writes one. */
export function proposal(type: string, id: string): Proposed {
  return { id, type, contentType: 'application/json', data: Buffer.from('{}'), metadata: Buffer.alloc(0) };
}
