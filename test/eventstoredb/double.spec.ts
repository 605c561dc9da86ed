import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  streamNameFilter,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { type EventStoreDouble, startEventStoreDouble } from './double.js';

// What the client makes of the double where the adapter does not go.
let double: EventStoreDouble;
let client: EventStoreDBClient;
beforeAll(async () => {
  double = await startEventStoreDouble({ nodes: 2 });
  double.elect(1);
  client = EventStoreDBClient.connectionString(double.url);
});
afterAll(async () => {
  await client.dispose();
  await double.stop();
});

const anEvent = () => jsonEvent({ type: 'SomethingHappened', data: { some: 'thing' } });

test('the client appends in batches where they are offered, all or nothing', async () => {
  const stream = `batch-${randomUUID()}`;
  const events = [anEvent(), anEvent(), anEvent()];
  const { nextExpectedRevision, position } = await client.appendToStream(stream, events, {
    expectedRevision: NO_STREAM,
  });
  expect([nextExpectedRevision, position?.commit]).toEqual([2n, double.log.all.at(-1)?.position]);
  expect(double.calls.at(-1)).toEqual({ rpc: 'batchAppend', stream });
  const again = client.appendToStream(stream, anEvent(), { expectedRevision: 0n });
  await expect(again).rejects.toMatchObject({ name: 'Error', actualVersion: 2n });
  await expect(again).rejects.toBeInstanceOf(WrongExpectedVersionError);
  expect(double.log.stream(stream).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
});

test('a repeated id is recognised at the same expected revision only', async () => {
  const stream = `repeat-${randomUUID()}`;
  const event = anEvent();
  for (const expectedRevision of [NO_STREAM, NO_STREAM, 0n, 'any'] as const)
    await client.appendToStream(stream, event, { expectedRevision });
  expect(double.log.stream(stream)).toHaveLength(3);
});

test('a filtered subscription is told of checkpoints, and that it has caught up', async () => {
  const stream = `wanted-${randomUUID()}`;
  for (let n = 0; n < 40; n += 1) await client.appendToStream(n === 20 ? stream : 'other', anEvent());
  const checkpoints: bigint[] = [];
  const filter = streamNameFilter({
    prefixes: ['wanted-'],
    maxSearchWindow: 10,
    checkpointReached: (_, { commit }) => void checkpoints.push(commit),
  });
  const subscription = client.subscribeToAll({ filter });
  const caughtUp = new Promise<void>((resolve) => void subscription.once('caughtUp', resolve));
  const found: (string | undefined)[] = [];
  subscription.on('data', ({ event }) => void found.push(event?.streamId));
  await caughtUp;
  expect(found).toEqual([stream]);
  const windows = double.log.all.filter((_, n) => n % 10 === 9).map(({ position }) => position);
  expect(checkpoints).toEqual(windows);
  await subscription.unsubscribe();
});
