import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { describeEventStore } from '../conformance.js';
import { type EventStore, LogUnavailable } from '../event-store.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { anEvent, aStream, collect } from '../testing/events.js';
import { spawnWriter } from '../testing/spawn-writer.js';
import { migrateLog } from './migrate.js';
import { openPostgresEventStore } from './postgres-event-store.js';

describeEventStore('the log in Postgres', async () => {
  const database = await createTestDatabase();
  await migrateLog(database);
  return {
    open: () => openPostgresEventStore({ url: database.url }),
    spawnWriter: (task) => spawnWriter({ url: database.url }, task),
    cutConnections: () => database.cutConnections(),
    release: () => database.drop(),
  };
});

describe('the log in Postgres', () => {
  let database: TestDatabase;
  let store: EventStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    // Several instances that start at once.
    await Promise.all([migrateLog(database), migrateLog(database), migrateLog(database)]);
    store = openPostgresEventStore({ url: database.url });
    await store.append('stream', 'none', anEvent());
  });

  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  /** Runs one statement in a session of its own, in the given role. */
  async function as(role: 'owner' | 'dispatch_app', statement: string): Promise<void> {
    const options = role === 'owner' ? undefined : `-c role=${role}`;
    const client = new Client({ connectionString: database.url, options });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  const REWRITES = [
    "update dispatch_log.events set type = 'Forged'",
    'update dispatch_log.events set type = type where false',
    'delete from dispatch_log.events',
    'truncate dispatch_log.events',
    'truncate dispatch_log.events cascade',
    'update dispatch_log.head set position = 0',
    'update dispatch_log.head set position = position + 1',
    'delete from dispatch_log.head',
    'truncate dispatch_log.head',
    'insert into dispatch_log.head (single, position) values (true, 9) on conflict (single) do update set position = 9',
    `merge into dispatch_log.events e using dispatch_log.head h on e.position = h.position when matched then delete`,
  ];

  describe.each(['owner', 'dispatch_app'] as const)('as %s', (role) => {
    test.each(REWRITES)('%s is refused', async (statement) => {
      const before = await collect(store.readAll({ after: 'start' }));
      await expect(as(role, statement)).rejects.toMatchObject({ code: '42501' });
      expect(await collect(store.readAll({ after: 'start' }))).toEqual(before);
      expect(await store.head()).toBe(before.at(-1)?.position);
    });
  });

  test.each([
    'update dispatch_log.events set revision = 7',
    'truncate dispatch_log.events',
    'update dispatch_log.head set position = 0',
  ])('a replica session is refused as well: %s', async (statement) => {
    await expect(as('owner', `set session_replication_role = replica; ${statement}`)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('dispatch_log'),
    });
  });

  test.each([
    `insert into dispatch_log.events select position + 1, stream, revision + 1, gen_random_uuid(), type, schema_version, data, metadata, prev_hash, hash, recorded_at, octets from dispatch_log.events`,
    'alter table dispatch_log.events disable trigger append_only',
    'alter table dispatch_log.events disable trigger all',
    'drop trigger append_only on dispatch_log.events',
    'drop table dispatch_log.events',
    'create or replace function dispatch_log.refuse() returns trigger language plpgsql as $$ begin return null; end $$',
    'create table dispatch_log.more (id int)',
    'select * from dispatch_log.events for update',
  ])('the application may not: %s', async (statement) => {
    await expect(as('dispatch_app', statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('a role that was granted nothing may not even append', async () => {
    const [granted] = await database.query<{ may: boolean }>(
      `select bool_or(has_function_privilege('public', p.oid, 'execute')) as may
       from pg_proc p where p.pronamespace = 'dispatch_log'::regnamespace`,
    );
    expect(granted).toEqual({ may: false });
  });

  test('the store works in the role of the application, whoever logs in', async () => {
    await as('owner', 'revoke select on dispatch_log.head from dispatch_app');
    try {
      await expect(store.head()).rejects.toMatchObject({ code: '42501' });
    } finally {
      await as('owner', 'grant select on dispatch_log.head to dispatch_app');
    }
  });

  test('a follower is woken by notifications, also of what came while its connection was lost', async () => {
    // Looks for itself but once an hour: what comes before the deadline was announced.
    const patient = openPostgresEventStore({ url: database.url, pollMs: 3_600_000 });
    const events = patient.follow(await store.head(), AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
    const [announced, missed, later] = [anEvent(), anEvent(), anEvent()];
    try {
      const first = events.next();
      const before = await sessionsThatListen(database);
      await store.append(aStream(), 'none', announced);
      expect(await first).toMatchObject({ value: { id: announced.id } });

      const second = events.next();
      await database.cutConnections();
      const elsewhere = openPostgresEventStore({ url: database.url });
      await elsewhere.append(aStream(), 'none', missed);
      expect(await second).toMatchObject({ value: { id: missed.id } });

      const third = events.next();
      await sessionsThatListen(database, before);
      await elsewhere.append(aStream(), 'none', later);
      await elsewhere.close();
      expect(await third).toMatchObject({ value: { id: later.id } });
    } finally {
      await patient.close();
    }
  });

  test('positions have no gap and go in commit order, whoever writes and whatever is refused', async () => {
    const before = Number(await store.head());
    const streams = Array.from({ length: 5 }, aStream);
    const refused = Promise.all(Array.from({ length: 200 }, () => store.append('stream', 'none', anEvent())));
    const acknowledged = await Promise.all(
      ['a', 'b', 'c'].map((writer) => spawnWriter({ url: database.url }, { writer, streams, events: 200 })),
    );
    expect((await refused).every((result) => 'conflict' in result)).toBe(true);

    const positions = (await collect(store.readAll({ after: String(before) }))).map(({ position }) => Number(position));
    expect(positions).toEqual(Array.from({ length: 600 }, (_, n) => before + 1 + n));
    // A writer is told of its batches in the order they were committed.
    for (const events of acknowledged) {
      const told = events.map(({ position }) => Number(position));
      expect(told).toEqual(told.toSorted((a, b) => a - b));
    }
  });

  test('a position is visible only after every position before it', async () => {
    const writing = Promise.all(
      ['a', 'b'].map((writer) => spawnWriter({ url: database.url }, { writer, streams: [aStream()], events: 150 })),
    );
    let done = false;
    const finished = writing.finally(() => {
      done = true;
    });
    while (!done) {
      const [seen] = await database.query('select count(*)::int, max(position)::int from dispatch_log.events');
      expect(seen).toMatchObject({ max: Object.values(seen ?? {})[0] });
    }
    await finished;
  });

  test('a migrated log is left as it is', async () => {
    const head = await store.head();
    await migrateLog(database);
    expect(await store.head()).toBe(head);
  });

  test('a URL that sets options is refused: the role would be lost', () => {
    expect(() => openPostgresEventStore({ url: 'postgresql://localhost/x?options=-c%20jit=on' })).toThrow('options');
  });

  describe('that is away', () => {
    const away = 'postgresql://nobody@127.0.0.1:1/nowhere';

    test('every verb throws LogUnavailable', async () => {
      const lost = openPostgresEventStore({ url: away });
      await expect(lost.head()).rejects.toBeInstanceOf(LogUnavailable);
      await expect(lost.find(anEvent().id)).rejects.toBeInstanceOf(LogUnavailable);
      await expect(lost.append('s', 'any', anEvent())).rejects.toBeInstanceOf(LogUnavailable);
      await expect(collect(lost.read('s'))).rejects.toBeInstanceOf(LogUnavailable);
      await expect(collect(lost.readAll({ after: 'start' }))).rejects.toBeInstanceOf(LogUnavailable);
      await expect(migrateLog({ url: away })).rejects.toBeInstanceOf(LogUnavailable);
      await lost.close();
    });

    test('a follower keeps trying, and still ends when its signal aborts', async () => {
      const lost = openPostgresEventStore({ url: away });
      const abort = new AbortController();
      const next = lost.follow('start', abort.signal)[Symbol.asyncIterator]().next();
      await expect(lost.head()).rejects.toBeInstanceOf(LogUnavailable);
      abort.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      await lost.close();
    });

    test('an append that waits too long for the head is given up as unknown, and may be sent again', async () => {
      const impatient = openPostgresEventStore({ url: database.url, statementTimeoutMs: 100 });
      const blocker = new Client({ connectionString: database.url });
      await blocker.connect();
      await blocker.query('begin; select * from dispatch_log.head for update');
      const event = anEvent();
      await expect(impatient.append(aStream(), 'none', event)).rejects.toBeInstanceOf(LogUnavailable);
      await blocker.query('rollback');
      await blocker.end();
      expect(await impatient.append(aStream(), 'none', event)).toHaveProperty('written');
      await impatient.close();
    });
  });
});

/** The sessions that listen to the log, once there is one beside those of `before`. */
async function sessionsThatListen(database: TestDatabase, before: readonly number[] = []): Promise<number[]> {
  for (;;) {
    const sessions = await database.query<{ pid: number }>(
      "select pid from pg_stat_activity where datname = current_database() and query = 'listen dispatch_log'",
    );
    const pids = sessions.map(({ pid }) => pid);
    if (pids.some((pid) => !before.includes(pid))) return pids;
  }
}
