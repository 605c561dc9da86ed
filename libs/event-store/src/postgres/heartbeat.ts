import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';

/** Milliseconds from one question to the next. */
export const BEAT_MS = 5_000;

/**
 * Resolves when the signal aborts, and throws when the connection does not answer any more. One that only listens
 * sends nothing, so it would never learn that the network has forgotten it. The client's query_timeout says how
 * long an answer may take.
 */
export async function whileAnswering(client: ClientBase, signal: AbortSignal, beatMs = BEAT_MS): Promise<void> {
  while (!signal.aborted) {
    await sleep(beatMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await client.query('select 1');
  }
}
