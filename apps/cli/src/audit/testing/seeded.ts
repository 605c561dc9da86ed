import { join } from 'node:path';
import { type Difference, verifyLog, type VerifyOptions } from '@dispatch/audit';
import { recordPolicy } from '@dispatch/commands';
import {
  canonicalJson,
  chainHash,
  comparePositions,
  contentHashOf,
  GENESIS,
  type JsonObject,
  type LogTexts,
  openMemoryEventStore,
  type RecordedText,
  textsOf,
} from '@dispatch/event-store';
import { loadPolicy, type Policy } from '@dispatch/policy';
import { history } from '../../seed/history.js';

export const SCHEMES = { objectStoreSchemes: ['s3', 'minio'] };

/** A made-up history as `dispatch seed` writes it, and the same as texts. `also`: policies that were recorded after its own. */
export async function seeded(tickets: number, also: readonly Policy[] = []) {
  const used = await shippedPolicy();
  const store = openMemoryEventStore();
  for (const policy of [used, ...also]) await recordPolicy(store, policy, () => Date.UTC(2020, 0, 1), 'dispatch-cli');
  for (const { stream, expected, event } of history({ policy: used, tickets, seed: 7, open: 0.5 }))
    await store.append(stream, expected, event);
  const events: RecordedText[] = [];
  for await (const page of textsOf(store, { gapless: true }).readAll('start')) events.push(...page);
  return { policy: used, store, events };
}

export const shippedPolicy = (): Promise<Policy> => loadPolicy(join(import.meta.dirname, '../../../../../policy'));

/** A log that holds these events, whatever they say. */
export function logOf(events: readonly RecordedText[], head?: string): LogTexts {
  const inOrder = events.toSorted((a, b) => comparePositions(a.position, b.position));
  return {
    async *readAll() {
      for (let from = 0; from < inOrder.length; from += 100) yield inOrder.slice(from, from + 100);
    },
    async *read(stream) {
      const own = inOrder.filter((event) => event.stream === stream);
      if (own.length > 0) yield own.toSorted((a, b) => a.revision - b.revision);
    },
    find: async (eventId) => inOrder.find(({ id }) => id === eventId),
    head: async () => head ?? inOrder.at(-1)?.position ?? 'start',
    gapless: true,
    close: async () => undefined,
  };
}

/** All that is wrong with a log. */
export async function differencesIn(
  log: LogTexts,
  options: Pick<VerifyOptions, 'bytesKept' | 'share'> = {},
): Promise<Difference[]> {
  const found: Difference[] = [];
  await verifyLog(log, { ...SCHEMES, ...options, onDifference: (difference) => found.push(difference) });
  return found;
}

/** The same event saying something else, with data and metadata as values. */
export function saying(
  event: RecordedText,
  change: (said: { data: Record<string, unknown>; metadata: Record<string, unknown> }) => Partial<RecordedText> | void,
): RecordedText {
  const said = { data: JSON.parse(event.data), metadata: JSON.parse(event.metadata) };
  const more = change(said);
  return {
    ...event,
    data: canonicalJson(said.data as JsonObject),
    metadata: canonicalJson(said.metadata as JsonObject),
    ...more,
  };
}

/** The events of the stream linked anew from a revision on, as one who knows the rule would do it. */
export function relinked(events: readonly RecordedText[], stream: string): RecordedText[] {
  let prevHash = GENESIS;
  return events.map((event) => {
    if (event.stream !== stream) return event;
    const linked = {
      ...event,
      prevHash,
      hash: chainHash(prevHash, contentHashOf(stream, event, event.data, event.metadata)),
    };
    prevHash = linked.hash;
    return linked;
  });
}
