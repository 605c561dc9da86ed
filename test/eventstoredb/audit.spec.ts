import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { verifyLog, verifyTicket } from '@dispatch/audit';
import { recordPolicy } from '@dispatch/commands';
import { type EventStore, openEventStoreDbEventStore, textsOf } from '@dispatch/event-store';
import { parseUuid } from '@dispatch/ticket';
import { history } from '../../apps/cli/src/seed/history.js';
import { shippedPolicy } from '../support/api.js';
import { type Cluster, quickCluster } from './cluster.js';

let cluster: Cluster;
let store: EventStore;

beforeAll(async () => {
  cluster = await quickCluster();
  store = await openEventStoreDbEventStore(cluster.log);
  const policy = await shippedPolicy();
  await recordPolicy(store, policy, () => Date.UTC(2020, 0, 1), 'test');
  for (const { stream, expected, event } of history({ policy, tickets: 4, seed: 3 }))
    await store.append(stream, expected, event);
});
afterAll(async () => {
  await store.close();
  await cluster.stop();
});

test('a log on EventStoreDB verifies as one on Postgres does, though its positions have gaps', async () => {
  const texts = textsOf(store, { gapless: false });
  const found: unknown[] = [];
  const options = {
    objectStoreSchemes: ['s3', 'minio'],
    onDifference: (difference: unknown) => found.push(difference),
  };
  const { decided } = await verifyLog(texts, options);
  expect(decided).toBeGreaterThan(20);
  for await (const { stream, type } of store.readAll({ after: 'start' })) {
    const id = type === 'TicketCreated' ? parseUuid(stream.slice('ticket-'.length)) : undefined;
    if (id) expect(await verifyTicket(texts, id, options)).toBeDefined();
  }
  expect(found).toEqual([]);
});
