import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '@dispatch/event-store';
import type { Client } from './client.js';

/** Commands of many clients, each sending one after another, at a steady rate in all. */
export interface Load {
  readonly acknowledged: () => number;
  /** Resolves when so many commands were acknowledged from now on. */
  more(count: number): Promise<void>;
  /** No more commands; resolves when those under way were answered. */
  stop(): Promise<void>;
}

/** `onAnswer` hears the position of every answer as it comes. Any refusal ends the load, and whoever waits for it. */
export function load(
  clients: readonly Client[],
  perSecond: number,
  onAnswer: (position: Position) => void = () => undefined,
): Load {
  const begun = performance.now();
  const waiting = new Map<() => void, number>();
  let acknowledged = 0;
  let stopped = false;

  const run = async (client: Client, n: number): Promise<void> => {
    for (let due = n; !stopped; due += clients.length) {
      const early = begun + (due * 1_000) / perSecond - performance.now();
      if (early > 0) await delay(early);
      await client.next();
      acknowledged += 1;
      if (client.position !== 'start') onAnswer(client.position);
      for (const [wake, count] of waiting) {
        if (count > acknowledged) continue;
        waiting.delete(wake);
        wake();
      }
    }
  };
  const ended = Promise.all(clients.map(run)).finally(() => {
    stopped = true;
  });
  // Whoever waits for it hears of it.
  ended.catch(() => undefined);

  return {
    acknowledged: () => acknowledged,
    async more(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(resolve, acknowledged + count);
      return Promise.race([promise, ended.then(() => Promise.reject(new Error('the load has ended')))]);
    },
    async stop() {
      stopped = true;
      await ended;
    },
  };
}

/** Runs each piece of work over and over, with a short rest in between, and gathers what was wrong. */
export function watch(works: readonly (() => Promise<readonly string[]>)[]): () => Promise<Watched> {
  const faults: string[] = [];
  let times = 0;
  let stopped = false;
  const all = works.map(async (work) => {
    while (!stopped) {
      faults.push(...(await work()));
      times += 1;
      await delay(REST_MS);
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(all);
    return { times, faults };
  };
}

export interface Watched {
  readonly times: number;
  readonly faults: readonly string[];
}

/** Readers that never rest would have the machine for themselves. */
const REST_MS = 20;
