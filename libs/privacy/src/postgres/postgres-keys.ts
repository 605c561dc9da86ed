import { setTimeout as delay } from 'node:timers/promises';
import { isPostgresAway, LogUnavailable } from '@dispatch/event-store';
import { DatabaseError, Pool, type QueryResultRow } from 'pg';
import { type Erasure, KeyFault, type KeptKey, type KeptMaster, type KeyStore } from '../keys.js';

export interface PostgresKeysOptions {
  /** A login that may take the role dispatch_app. */
  readonly url: string;
  /** Connections, 4 by default. */
  readonly size?: number;
  /** Milliseconds that a statement, or making a connection, may take; 5,000 by default. */
  readonly statementTimeoutMs?: number;
}

/** A key as it is kept elsewhere, still under its master key. */
export interface StoredKey extends KeptKey {
  /** RFC 3339. */
  readonly madeAt: string;
  /** What it seals for; null where that is another's meanwhile. */
  readonly name: Buffer | null;
}

/** Keys in Postgres, with what takes them elsewhere and back. */
export interface PostgresKeys extends KeyStore {
  /** All keys, in bounded pages. */
  all(): AsyncIterable<StoredKey>;
  /** Takes keys over; those that were erased or stand here are passed over. Answers how many were new. */
  take(keys: readonly StoredKey[], mark: string): Promise<number>;
  /** Puts every key under another master key, all of them or none. @throws KeyFault where one was made meanwhile. */
  rewrap(before: string, after: KeptMaster, keys: readonly KeptKey[]): Promise<void>;
  /**
   * Rewrites the tables without the rows that are gone, since a deleted row stays in its page for a while. Nobody reads
   * keys meanwhile: milliseconds for thousands of keys. Answers why it was not done, if it was not.
   */
  sweep(): Promise<string | undefined>;
}

const PAGE = 1_000;
const NOT_IN_STATE = '55000';

type Notice = Readonly<Partial<Record<'severity' | 'message' | 'detail', string | undefined>>>;

/** Rows that some older snapshot can still see are taken along: a count of them that is not 0. */
const STILL_DEAD = /\b[1-9]\d* dead row versions cannot be removed yet/;
const SWEEPS = 10;
const SWEEP_AGAIN_MS = 200;

/**
 * Keys in the schema dispatch_privacy. @throws LogUnavailable from every verb when the database cannot be reached; the
 * same call may be made again.
 */
export function openPostgresKeys({ url, size = 4, statementTimeoutMs = 5_000 }: PostgresKeysOptions): PostgresKeys {
  // pg lets the URL win over what stands beside it; the role would be lost without a word.
  if (/[?&]options=/.test(url)) throw new Error('the URL of the keys may not carry "options"');
  const pool = new Pool({
    connectionString: url,
    options: '-c role=dispatch_app -c timezone=UTC -c datestyle=ISO -c jit=off -c search_path=dispatch_privacy',
    application_name: 'dispatch keys',
    max: size,
    connectionTimeoutMillis: statementTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
  }).on('error', () => undefined);

  async function ask<Row extends QueryResultRow>(name: string, text: string, values: unknown[] = []): Promise<Row[]> {
    try {
      return (await pool.query<Row>({ name: `keys ${name}`, text, values })).rows;
    } catch (cause) {
      if (isPostgresAway(cause)) throw new LogUnavailable(cause.message || 'no connection to Postgres', { cause });
      if (cause instanceof DatabaseError && cause.code === NOT_IN_STATE) throw new KeyFault(cause.message, { cause });
      throw cause;
    }
  }

  return {
    async find(people) {
      const also = people.flatMap((person) => person.also.map((other) => ({ name: person.name, other })));
      const rows = await ask<KeptKey & { name: Buffer }>('find', FIND, [
        people.map(({ name }) => name),
        also.map(({ name }) => name),
        also.map(({ other }) => other),
      ]);
      const found = new Map(rows.map(({ name, subject, wrapped }) => [name.toString('hex'), { subject, wrapped }]));
      return people.map(({ name }) => found.get(name.toString('hex')));
    },
    make: (people, mark) =>
      ask<KeptKey>('make', 'select subject, wrapped from dispatch_privacy.make($1, $2, $3, $4)', [
        mark,
        people.map(({ name }) => name),
        people.map(({ subject }) => subject),
        people.map(({ wrapped }) => wrapped),
      ]),
    async get(subjects) {
      const rows = await ask<{ subject: string; wrapped: Buffer | null }>('get', GET, [subjects]);
      return new Map(rows.map(({ subject, wrapped }) => [subject, wrapped ?? ('erased' as const)]));
    },
    metWith: (name) => ask('met with', MET_WITH, [name]),
    async erase(subject, by) {
      const rows = await ask<{ erase: 'erased' | 'before' | 'unknown' }>('erase', 'select erase($1, $2)', [
        subject,
        by,
      ]);
      return rows[0]?.erase ?? 'unknown';
    },
    async giveUp({ subject, by, at }) {
      await ask('give up', 'select give_up($1, $2, $3)', [subject, by, at]);
    },
    erasures: () => ask<Erasure>('erasures', ERASURES),
    async recorded(subject) {
      await ask('recorded', 'update erasures set recorded = true where subject = $1 and not recorded', [subject]);
    },
    async count() {
      return Number((await ask<{ count: string }>('count', 'select count(*) from keys'))[0]?.count ?? 0);
    },
    master: async () => (await ask<KeptMaster>('master', 'select mark, naming from master'))[0],
    async begin({ mark, naming }) {
      // A statement of its own: it sees what another put there meanwhile.
      await ask('begin', 'insert into master (mark, naming) values ($1, $2) on conflict do nothing', [mark, naming]);
      const [master] = await ask<KeptMaster>('master', 'select mark, naming from master');
      if (!master) throw new KeyFault('what stands beside the keys is gone');
      return master;
    },
    async *all() {
      for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
        const rows = await ask<StoredKey>('all', ALL, [after, PAGE]);
        yield* rows;
        const last = rows.at(-1);
        if (!last || rows.length < PAGE) return;
        after = last.subject;
      }
    },
    async take(keys, mark) {
      const rows = await ask<{ take: string }>('take', 'select take($1, $2, $3, $4, $5)', [
        mark,
        keys.map(({ subject }) => subject),
        keys.map(({ wrapped }) => wrapped),
        keys.map(({ madeAt }) => madeAt),
        keys.map(({ name }) => name),
      ]);
      return Number(rows[0]?.take ?? 0);
    },
    async rewrap(before, { mark, naming }, keys) {
      await ask('rewrap', 'select rewrap($1, $2, $3, $4, $5)', [
        before,
        mark,
        naming,
        keys.map(({ subject }) => subject),
        keys.map(({ wrapped }) => wrapped),
      ]);
    },
    async sweep() {
      const client = await pool.connect();
      let notice: string | undefined;
      let isKept = false;
      const hear = ({ severity, message, detail }: Notice) => {
        if (severity === 'INFO') isKept ||= STILL_DEAD.test(detail ?? '');
        else notice ??= message;
      };
      client.on('notice', hear);
      try {
        await client.query("set lock_timeout = '2s'");
        await client.query('set statement_timeout = 0');
        for (const table of ['keys', 'names', 'also', 'master'])
          for (let attempt = 1; attempt === 1 || isKept; attempt += 1) {
            if (attempt > SWEEPS) return 'an older transaction in the database may still see what was deleted';
            if (attempt > 1) await delay(SWEEP_AGAIN_MS);
            isKept = false;
            await client.query(`vacuum (full, verbose) dispatch_privacy.${table}`);
          }
        return notice;
      } catch (error) {
        if (error instanceof DatabaseError) return error.message;
        throw error;
      } finally {
        client.off('notice', hear);
        // Its settings are no other's.
        client.release(true);
      }
    },
    close: () => pool.end(),
  };
}

/** One search a name, by primary keys; and what else people were met with is noted where it is news. */
const FIND = `
  with found as materialized (
    select n.name, k.subject, k.wrapped from dispatch_privacy.names n join dispatch_privacy.keys k using (subject)
    where n.name = any ($1::bytea[])
  ), noted as (
    insert into dispatch_privacy.also (name, subject)
    select distinct a.other, f.subject from unnest($2::bytea[], $3::bytea[]) as a (name, other)
      join found f on f.name = a.name
    where not exists (select from dispatch_privacy.also o where o.name = a.other and o.subject = f.subject)
    on conflict do nothing
  )
  select name, subject, wrapped from found`;

const GET = `
  select k.subject, k.wrapped from dispatch_privacy.keys k where k.subject = any ($1::uuid[])
  union all
  select e.subject, null from dispatch_privacy.erasures e where e.subject = any ($1::uuid[])`;

const MET_WITH = `
  select subject, true as first from dispatch_privacy.names where name = $1
  union all
  select subject, false from dispatch_privacy.also a where name = $1
    and not exists (select from dispatch_privacy.names n where n.name = $1 and n.subject = a.subject)
  order by first desc, subject`;

const ERASURES = `
  select subject, to_char(erased_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, erased_by as by, recorded
  from dispatch_privacy.erasures order by erased_at, subject`;

const ALL = `
  select k.subject, k.wrapped, to_char(k.made_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "madeAt", n.name
  from dispatch_privacy.keys k left join dispatch_privacy.names n using (subject)
  where k.subject > $1 order by k.subject limit $2`;
