import { backoff, comparePositions, type Position, whileAnswering } from '@dispatch/event-store';
import type { Client, Pool } from 'pg';
import { connected, pause } from './connection.js';

/** How far the live tables are, as the database tells of it. */
export interface Positions {
  /** The checkpoint of the live table: what a query that is sent after this reflects at least. */
  of(name: string): Promise<Position | 'start' | undefined>;
  /** True once the live tables of all these reached the position, false after `ms`. */
  waitFor(names: readonly string[], position: Position | 'start', ms: number): Promise<boolean>;
  close(): Promise<void>;
}

/** A notification may be lost with its connection; whoever waits looks for himself this often, in milliseconds. */
const LOOK_MS = 200;

/** How long an answer may take, in milliseconds, before the connection is taken for lost. */
export const ANSWER_MS = 5_000;

/**
 * Hears of every batch by NOTIFY over one connection, so that to ask and to wait costs no query while it stands. In
 * one process with the runner or in another is the same. It is made when first asked: a process that only projects, or
 * stands by, is not told of hundreds of batches a second for nobody.
 */
export function openPositions(
  url: string,
  pool: Pool,
  { beatMs, answerMs = ANSWER_MS }: { readonly beatMs?: number; readonly answerMs?: number } = {},
): Positions {
  const closing = new AbortController();
  const known = new Map<string, Position | 'start'>();
  const waiting = new Set<() => void>();
  let listening = false;

  const wake = () => {
    for (const look of [...waiting]) look();
  };
  const hear = (payload: string) => {
    const [name = '', position = 'start'] = payload.split(' ');
    known.set(name, position);
    wake();
  };
  /** One query for all who look at the same time. */
  let looking: Promise<void> | undefined;
  function look(): Promise<void> {
    looking ??= query().finally(() => {
      looking = undefined;
    });
    return looking;
  }
  async function query(): Promise<void> {
    const before = new Map(known);
    const { rows } = await pool.query<{ name: string; position: Position | 'start' }>(
      "select name, position from dispatch_read.projections where state = 'live'",
    );
    // What was heard meanwhile is newer. It is not compared: after a rollback a position goes back.
    for (const { name, position } of rows) if (known.get(name) === before.get(name)) known.set(name, position);
  }
  async function attend(): Promise<void> {
    const hearing = async (client: Client, lost: AbortSignal) => {
      client.on('notification', ({ payload }) => hear(payload ?? ''));
      await client.query('listen dispatch_read');
      // What was told while nobody listened.
      await look();
      listening = true;
      wake();
      await whileAnswering(client, AbortSignal.any([lost, closing.signal]), beatMs);
    };
    await connected(url, hearing, { answerMs });
  }
  async function listen(): Promise<void> {
    for (let failures = 1; !closing.signal.aborted; failures += 1) {
      await attend().catch(() => undefined);
      if (listening) failures = 1;
      listening = false;
      await pause(backoff(failures), closing.signal);
    }
  }
  let ended: Promise<void> | undefined;

  const reached = (names: readonly string[], position: Position | 'start') =>
    names.every((name) => {
      const at = known.get(name);
      return at !== undefined && comparePositions(at, position) >= 0;
    });
  /** True when something was heard that may do, false after `ms`. */
  const changed = (ms: number, mayDo: () => boolean) =>
    new Promise<boolean>((resolve) => {
      const leave = (heard: boolean) => {
        clearTimeout(timer);
        waiting.delete(wakened);
        resolve(heard);
      };
      const wakened = () => {
        if (mayDo() || closing.signal.aborted) leave(true);
      };
      const timer = setTimeout(leave, ms, false);
      waiting.add(wakened);
    });

  return {
    async of(name) {
      ended ??= listen();
      if (!listening) await look();
      return known.get(name);
    },
    async waitFor(names, position, ms) {
      ended ??= listen();
      const until = performance.now() + ms;
      const left = () => until - performance.now();
      const isThere = () => reached(names, position);
      // A database that does not answer keeps nobody waiting for longer; what is heard meanwhile may do.
      const lookInTime = () =>
        Promise.race([look().catch(() => undefined), changed(Math.max(left(), LOOK_MS), isThere)]);
      if (!listening) await lookInTime();
      while (!isThere()) {
        if (left() <= 0 || closing.signal.aborted) return false;
        if (!(await changed(Math.min(left(), LOOK_MS), isThere)) || !listening) await lookInTime();
      }
      return true;
    },
    async close() {
      closing.abort();
      wake();
      await ended;
    },
  };
}
