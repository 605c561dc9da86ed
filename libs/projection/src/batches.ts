import type { Recorded } from '@dispatch/event-store';

export interface Taken {
  readonly events: readonly Recorded[];
  /** The source will yield no more. */
  readonly ended: boolean;
}

export interface Batches {
  take(ms: number): Promise<Taken>;
}

/**
 * Cuts a stream of events into batches: waits up to `ms` for the first, and takes along what is there without waiting.
 * The event that a batch no longer waited for begins the next one.
 */
export function batchesOf(source: AsyncIterator<Recorded>, most: number): Batches {
  let coming: Promise<IteratorResult<Recorded>> | undefined;

  const next = (): Promise<IteratorResult<Recorded>> => {
    if (!coming) {
      coming = source.next();
      // Whoever takes it next gets the error; until then nobody looks.
      coming.catch(() => undefined);
    }
    return coming;
  };

  return {
    async take(ms) {
      const events: Recorded[] = [];
      while (events.length < most) {
        const result = await (events.length === 0 ? within(next(), ms) : atOnce(next()));
        if (!result) break;
        coming = undefined;
        if (result.done) return { events, ended: true };
        events.push(result.value);
      }
      return { events, ended: false };
    },
  };
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The value if nothing but work in this process stands before it. */
async function atOnce<T>(promise: Promise<T>): Promise<T | undefined> {
  let check: NodeJS.Immediate | undefined;
  const later = new Promise<undefined>((resolve) => {
    check = setImmediate(resolve, undefined);
  });
  try {
    return await Promise.race([promise, later]);
  } finally {
    clearImmediate(check);
  }
}
