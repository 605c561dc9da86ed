import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import {
  type EventStore,
  EventTooLarge,
  LogUnavailable,
  type NewEvent,
  openEventStoreDbEventStore,
  type Recorded,
} from '@dispatch/event-store';
import { type DoubleOptions, type EventStoreDouble, startEventStoreDouble } from './double.js';
import { proposal } from './log.js';
import type { Call, Fault } from './serving.js';

const opened: { close?: () => Promise<void>; stop?: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await (one.close ?? one.stop)?.();
});

async function doubleOf(options?: DoubleOptions): Promise<EventStoreDouble> {
  const double = await startEventStoreDouble(options);
  opened.push(double);
  return double;
}

async function storeOf({ url }: { readonly url: string }, timeoutMs = 5_000): Promise<EventStore> {
  const store = await openEventStoreDbEventStore({ url, timeoutMs });
  opened.push(store);
  return store;
}

const anEvent = (data = {}): NewEvent => ({
  id: randomUUID(),
  type: 'SomethingHappened',
  schemaVersion: 1,
  data,
  metadata: { actor: 'someone' },
  at: '2026-01-31T08:00:00.500Z',
});

/** The fault meets the first call that fits. */
function once_(double: EventStoreDouble, fault: Fault, fits: (call: Call) => boolean): void {
  double.fault = (call) => {
    if (!fits(call)) return undefined;
    double.fault = undefined;
    return fault;
  };
}

const ofClaim = ({ rpc, stream }: Call) => rpc === 'append' && stream.startsWith('dispatch.command-');
const ofEvent = ({ rpc, stream }: Call) => rpc === 'append' && stream.startsWith('dispatch/');

async function collect(events: AsyncIterable<Recorded>): Promise<Recorded[]> {
  const all: Recorded[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const inLog = (store: EventStore) => collect(store.readAll({ after: 'start' }));

async function written(store: EventStore, ...args: Parameters<EventStore['append']>): Promise<Recorded> {
  const result = await store.append(...args);
  if (!('written' in result)) throw new Error(`not written: ${JSON.stringify(result)}`);
  return result.written;
}

/** Appends until an answer comes. */
async function persisted(store: EventStore, stream: string, event: NewEvent): Promise<Recorded> {
  for (;;) {
    try {
      const result = await store.append(stream, 'any', event);
      if ('conflict' in result) throw new Error("a conflict with 'any'");
      return 'written' in result ? result.written : result.duplicate;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
}

describe('an append that breaks off', () => {
  test.each<[string, Fault, (call: Call) => boolean]>([
    ['before its claim', 'lost request', ofClaim],
    ['after its claim', 'lost answer', ofClaim],
    ['before its event', 'lost request', ofEvent],
    ['after its event', 'lost answer', ofEvent],
  ])('%s is unknown, and its repeat is one event, here or from another process', async (_, fault, fits) => {
    const double = await doubleOf();
    const [store, other] = [await storeOf(double), await storeOf(double)];
    for (const who of [store, other]) {
      const event = anEvent();
      const stream = `ticket-${event.id}`;
      once_(double, fault, fits);
      await expect(store.append(stream, 'none', event)).rejects.toBeInstanceOf(LogUnavailable);
      const repeated = await who.append(stream, 'none', event);
      const settled =
        'written' in repeated ? repeated.written : 'duplicate' in repeated ? repeated.duplicate : undefined;
      expect(settled).toMatchObject({ ...event, stream, revision: 0 });
      expect((await inLog(other)).filter(({ id }) => id === event.id)).toEqual([settled]);
      expect(await other.find(event.id)).toEqual(settled);
    }
  });

  test('between claim and event is finished by whoever asks for its id, where it was meant to go', async () => {
    const double = await doubleOf();
    const [store, other] = [await storeOf(double), await storeOf(double)];
    const halfDone = async () => {
      const event = anEvent({ said: 'first' });
      once_(double, 'lost request', ofEvent);
      await expect(store.append(`ticket-${event.id}`, 'none', event)).rejects.toBeInstanceOf(LogUnavailable);
      return event;
    };
    const found = await halfDone();
    expect(await other.find(found.id)).toMatchObject({ ...found, stream: `ticket-${found.id}`, revision: 0 });

    const taken = await halfDone();
    expect(await other.append('ticket-other', 'none', { ...taken, data: { said: 'second' } })).toMatchObject({
      duplicate: { ...taken, stream: `ticket-${taken.id}` },
    });
    expect(await collect(other.read('ticket-other'))).toEqual([]);

    const raced = await halfDone();
    const results = await Promise.all([store, other].map((one) => one.append(`ticket-${raced.id}`, 'none', raced)));
    expect(results.flatMap(Object.keys)).toEqual(['duplicate', 'duplicate']);
    expect((await inLog(store)).map(({ id }) => id)).toEqual([found.id, taken.id, raced.id]);
  });

  test('is void once another event has its place: the id is free again', async () => {
    const double = await doubleOf();
    const [store, other] = [await storeOf(double), await storeOf(double)];
    const event = anEvent();
    once_(double, 'lost request', ofEvent);
    await expect(store.append('ticket-1', 'none', event)).rejects.toBeInstanceOf(LogUnavailable);
    const first = await written(other, 'ticket-1', 'none', anEvent());
    expect(await other.find(event.id)).toBeUndefined();
    expect(await store.append('ticket-1', 'none', event)).toEqual({ conflict: 0 });
    expect(await written(store, 'ticket-2', 'none', event)).toMatchObject({ id: event.id, revision: 0 });
    expect((await inLog(other)).map(({ id }) => id)).toEqual([first.id, event.id]);
  });

  test('is settled by what its conflict has told of, though the server does not show that yet', async () => {
    const double = await doubleOf();
    const [store, other] = [await storeOf(double), await storeOf(double)];
    const first = await written(other, 'ticket-1', 'none', anEvent());
    once_(double, 'not shown yet', ({ rpc, stream }) => rpc === 'read' && stream === 'dispatch/ticket-1');
    expect(await store.append('ticket-1', 'none', anEvent())).toEqual({ conflict: 0 });
    once_(double, 'not shown yet', ({ rpc, stream }) => rpc === 'read' && stream === `dispatch.command-${first.id}`);
    expect(await store.append('ticket-2', 'none', first)).toEqual({ duplicate: first });
    expect(await inLog(store)).toEqual([first]);
  });

  test('is not lost by two processes that append one id to many streams', async () => {
    const double = await doubleOf();
    const store = await storeOf(double);
    const stores = [store, await storeOf(double), await storeOf(double)];
    const event = anEvent();
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) => (stores[n % 3] ?? store).append(`ticket-${n % 10}`, 'any', event)),
    );
    const [holder, ...more] = await inLog(store);
    expect([holder?.id, more]).toEqual([event.id, []]);
    for (const result of results) expect(Object.values(result)).toEqual([holder]);
  });
});

describe('a cluster', () => {
  test('whose leader changes takes appends and reads on, and a follower misses nothing', async () => {
    const double = await doubleOf({ nodes: 3 });
    const store = await storeOf(double);
    const done = new AbortController();
    const followed = (async () => {
      const events: Recorded[] = [];
      for await (const event of store.follow('start', done.signal)) {
        events.push(event);
        if (event.type === 'Last') done.abort();
      }
      return events;
    })();
    followed.catch(() => undefined);
    const events: Recorded[] = [];
    for (let n = 0; n < 3; n += 1) {
      double.elect(n);
      for (let m = 0; m < 3; m += 1) events.push(await written(store, `ticket-${n}`, 'any', anEvent()));
    }
    // A node that leads and is lost costs one unknown outcome at most for each append.
    double.elect(0);
    double.lose(2);
    const last = { ...anEvent(), type: 'Last' };
    const settled = await persisted(store, 'ticket-0', last);
    expect(await followed).toEqual([...events, settled]);
  });

  test('that is absent is told plainly, and used as soon as it is there', async () => {
    const double = await doubleOf();
    double.lose(0);
    const store = await storeOf(double);
    const event = anEvent();
    for (const call of [store.head(), store.find(event.id), store.append('ticket-1', 'none', event), inLog(store)])
      await expect(call).rejects.toMatchObject({
        name: 'LogUnavailable',
        message: expect.stringMatching(/^EventStoreDB cannot be used now: .*ECONNREFUSED/),
      });
    const following = store.follow('start', new AbortController().signal)[Symbol.asyncIterator]().next();
    // Should the test fail before it is waited for.
    following.catch(() => undefined);
    await double.regain(0);
    const first = await written(store, 'ticket-1', 'none', event);
    expect((await following).value).toEqual(first);
  });

  test('of which no node can be found is told plainly', async () => {
    const double = await doubleOf({ nodes: 2 });
    double.lose(0);
    double.lose(1);
    const store = await storeOf({ url: `${double.url}&maxDiscoverAttempts=2&discoveryInterval=10` });
    await expect(store.head()).rejects.toThrow(/^EventStoreDB cannot be used now: Failed to discover/);
  });

  test('that does not answer is given up after the time limit, and what it has done is found', async () => {
    const double = await doubleOf();
    const store = await storeOf(double, 200);
    const event = anEvent();
    once_(double, 'silence', ofEvent);
    await expect(store.append('ticket-1', 'none', event)).rejects.toBeInstanceOf(LogUnavailable);
    expect(await store.append('ticket-1', 'none', event)).toMatchObject({ duplicate: event });
    once_(double, 'silence', ({ rpc }) => rpc === 'read');
    await expect(collect(store.read('ticket-1'))).rejects.toThrow('has not answered within 200 ms');
    once_(double, 'silence', ({ rpc }) => rpc === 'subscribe');
    await expect(inLog(store)).rejects.toThrow('has not answered within 200 ms');
    once_(double, 'silence', ({ rpc }) => rpc === 'subscribe');
    const [first] = await inLog(store).catch(() => inLog(store));
    expect((await store.follow('start', new AbortController().signal)[Symbol.asyncIterator]().next()).value).toEqual(
      first,
    );
  });

  test('that accepts connections and speaks no gRPC is given up after the time limit', async () => {
    const accepted: Socket[] = [];
    const deaf = createServer((socket) => accepted.push(socket.on('error', () => undefined)));
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const store = await storeOf({ url: `esdb://127.0.0.1:${(deaf.address() as AddressInfo).port}?tls=false` }, 200);
    await expect(store.append('ticket-1', 'none', anEvent())).rejects.toBeInstanceOf(LogUnavailable);
    await expect(store.head()).rejects.toBeInstanceOf(LogUnavailable);
    deaf.close();
    for (const socket of accepted) socket.destroy();
  });

  test('that takes no event so large refuses it by its field, and nothing is written', async () => {
    const double = await doubleOf();
    const store = await storeOf(double);
    const event = anEvent({ text: 'x'.repeat(1_100_000) });
    await expect(store.append('ticket-1', 'none', event)).rejects.toThrow(
      /^an event cannot be appended with this data: /,
    );
    await expect(store.append('ticket-1', 'none', event)).rejects.toBeInstanceOf(EventTooLarge);
    expect(await store.find(event.id)).toBeUndefined();
    expect(await written(store, 'ticket-1', 'none', { ...event, data: {} })).toMatchObject({ revision: 0 });
  });

  test('is read so often in a row without being taken for an attack', async () => {
    const store = await storeOf(await doubleOf());
    const event = await written(store, 'ticket-1', 'none', anEvent());
    // Node's server, as others, closes connections on which a thousand calls were reset in short time.
    for (let n = 0; n < 25; n += 1) {
      await Promise.all(Array.from({ length: 50 }, () => store.find(randomUUID())));
      await Promise.all(Array.from({ length: 25 }, () => store.find(event.id)));
    }
    expect(await store.find(event.id)).toEqual(event);
  });
});

/** A certificate for the double; undefined where openssl is not installed. */
function selfSigned(folder: string): DoubleOptions['certificate'] | undefined {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=double', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  const made = spawnSync('openssl', [...request, ...names]);
  return made.status === 0 ? { key: readFileSync(key), cert: readFileSync(cert) } : undefined;
}

describe('a connection string', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dispatch-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const certificate = selfSigned(folder);
  const whereOpenssl = certificate ? test : test.skip;

  whereOpenssl('brings certificate and login, and neither does without the other', async () => {
    const login = { username: 'dispatch', password: 'p@ss:word' };
    const double = await doubleOf({ nodes: 2, certificate, login });
    const ca = `tlsCaFile=${encodeURIComponent(join(folder, 'cert.pem'))}`;
    const event = anEvent();
    const first = await written(await storeOf({ url: `${double.url}&${ca}` }), 'ticket-1', 'none', event);
    expect(await inLog(await storeOf({ url: `${double.url}&${ca}`.replace('esdb:', 'kurrentdb:') }))).toEqual([first]);

    const denied = await storeOf({ url: `${double.url.replace('p%40ss', 'wrong')}&${ca}` });
    for (const call of [denied.head(), denied.find(event.id), denied.append('ticket-1', 0, anEvent())])
      await expect(call).rejects.toThrow(/^EventStoreDB denies access/);
    const stranger = await storeOf({ url: `${double.url}&maxDiscoverAttempts=1` });
    await expect(stranger.head()).rejects.toBeInstanceOf(LogUnavailable);
    expect(await inLog(await storeOf({ url: `${double.url}&${ca}` }))).toEqual([first]);
  });
});

describe('among streams of others', () => {
  /** Writes events that are not of the log. */
  const noise = (double: EventStoreDouble, count: number) => {
    for (let n = 0; n < count; n += 1) double.log.append('$stats', 'any', [proposal('$stats', randomUUID())]);
  };

  test('the log is read alone, and its head is its own newest event', async () => {
    const double = await doubleOf();
    const store = await storeOf(double);
    expect(await store.head()).toBe('start');
    noise(double, 2_500);
    expect(await store.head()).toBe('start');
    const first = await written(store, 'ticket-1', 'none', anEvent());
    noise(double, 2_500);
    double.log.append('dispatcher-1', 'any', [proposal('NotOurs', randomUUID())]);
    expect(await (await storeOf(double)).head()).toBe(first.position);
    expect(await store.head()).toBe(first.position);
    const second = await written(store, 'ticket-1', 0, anEvent());
    expect(await store.head()).toBe(second.position);
    expect(await inLog(store)).toEqual([first, second]);
    expect(await collect(store.readAll({ after: first.position }))).toEqual([second]);
  });

  test('a follower goes on from the checkpoint of a filtered stretch, and not from before it', async () => {
    const double = await doubleOf();
    const store = await storeOf(double);
    const done = new AbortController();
    const events = store.follow('start', done.signal)[Symbol.asyncIterator]();
    const first = await written(store, 'ticket-1', 'none', anEvent());
    expect((await events.next()).value).toEqual(first);
    const next = events.next();
    next.catch(() => undefined);
    noise(double, 3_000);
    // The server has looked at all of it once it has told of it.
    while (double.checkpoints < 3) await new Promise(setImmediate);
    // An answer on the same connection: what was sent before it has arrived.
    await store.head();
    double.cutConnections();
    const second = await persisted(store, 'ticket-1', anEvent());
    expect((await next).value).toEqual(second);
    const from = double.calls.filter(({ rpc }) => rpc === 'subscribe').map(({ after }) => after);
    expect(from).toEqual([undefined, double.log.all[2_999]?.position]);
    done.abort();
    await events.next();
  });
});
