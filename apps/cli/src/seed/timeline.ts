import type { Appending } from './recorded.js';

/** Brings what is to come into the order of time; what happens at once stays in the order it was added. */
export interface Timeline {
  add(events: readonly Appending[]): void;
  /** Takes out all that happens before this time (milliseconds since 1970). */
  before(time: number): Generator<Appending>;
}

interface Coming {
  readonly at: number;
  readonly order: number;
  readonly appending: Appending;
}

const precedes = (a: Coming, b: Coming): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap, earliest first. */
export function timeline(): Timeline {
  const heap: Coming[] = [];
  let order = 0;

  function push(coming: Coming): void {
    let place = heap.length;
    for (; place > 0; ) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || precedes(parent, coming)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = coming;
  }

  function pop(): Coming | undefined {
    const [first] = heap;
    const last = heap.pop();
    if (first && last && heap.length > 0) sink(last);
    return first;
  }

  /** Puts it in the place of the first. */
  function sink(coming: Coming): void {
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const isRight = right !== undefined && left !== undefined && precedes(right, left);
      const child = isRight ? right : left;
      if (!child || precedes(coming, child)) break;
      heap[place] = child;
      place = 2 * place + (isRight ? 2 : 1);
    }
    heap[place] = coming;
  }

  return {
    add(events) {
      for (const appending of events) push({ at: Date.parse(appending.event.at), order: (order += 1), appending });
    },
    *before(time) {
      for (let first = heap[0]; first && first.at < time; first = heap[0]) {
        pop();
        yield first.appending;
      }
    },
  };
}
