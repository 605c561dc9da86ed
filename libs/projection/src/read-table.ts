import { type ClientBase, escapeIdentifier } from 'pg';
import { copied, copyFrom, NULL } from './copy.js';
import type { Between } from './pace.js';
import type { Row } from './read-model.js';

/** One table of a projection, by the columns it was made with. */
export interface ReadTable {
  readonly name: string;
  /**
   * Rows of these keys as the folds made them. Instants come back in RFC 3339 UTC with milliseconds, json as it was,
   * int8 and numeric as numbers: what does not fit one (a position) is kept in a text column.
   */
  load(client: ClientBase, keys: readonly string[]): Promise<Map<string, Row>>;
  /** Puts rows in place of what stands under their keys; null takes one away. Keys in `stale` are marked so. */
  write(
    client: ClientBase,
    rows: ReadonlyMap<string, Row | null>,
    stale: ReadonlySet<string>,
    between?: Between,
  ): Promise<void>;
  /** The same for keys under which nothing stands, at half the price. */
  add(client: ClientBase, rows: ReadonlyMap<string, Row>, stale: ReadonlySet<string>, between?: Between): Promise<void>;
  /** What puts rows: an `insert` with `:rows` as their value in JSON, and `:where` as a condition of its own. */
  readonly upsert: string;
}

interface Column {
  readonly name: string;
  readonly type: string;
  /** Of a base type that is no array: its text is the same in JSON and in COPY. */
  readonly plain: boolean;
}

interface StoredRow {
  readonly key: string;
  readonly stale: boolean;
}

/** Rows in one statement or COPY: they are in memory as objects, text and bytes at once. */
const PORTION_ROWS = 250;

export async function openReadTable(client: ClientBase, name: string): Promise<ReadTable> {
  const table = qualified(name);
  const columns = await columnsOf(client, table);
  for (const needed of ['key', 'stale']) {
    if (!columns.some((column) => column.name === needed)) throw new Error(`table ${name} has no column "${needed}"`);
  }
  const select = `select to_json(r) as row from (select ${columns.map(selected).join(', ')}
    from ${table} where key = any($1)) r`;
  const upsert = upsertOf(table, columns);
  const write = upsert.replace(':rows', '$1').replace(':where', 'true');
  const copy = `copy ${table} (${columns.map((column) => escapeIdentifier(column.name)).join(', ')}) from stdin`;
  const line = columns.every(({ plain }) => plain) ? lineOf(columns) : undefined;

  const put = async (client: ClientBase, stored: readonly object[]) => {
    await client.query({ name: `write ${name}`, text: write, values: [JSON.stringify(stored)] });
  };
  const append = async (client: ClientBase, stored: readonly object[]) => {
    const lines = line && stored.map(line);
    // JSON can say a lone surrogate, and the table then refuses it; UTF-8 cannot.
    if (!lines?.every((one) => one.isWellFormed())) return put(client, stored);
    // Each by itself: in one string with a single letter that is not Latin all would take twice the room.
    await copyFrom(client, copy, Buffer.concat(lines.map((one) => Buffer.from(one))));
  };

  return {
    name,
    upsert,
    async load(client, keys) {
      if (keys.length === 0) return new Map();
      const { rows } = await client.query<{ row: StoredRow }>({ name: `load ${name}`, text: select, values: [keys] });
      return new Map(rows.map(({ row }) => split(row)));
    },
    async write(client, rows, stale, between) {
      const gone = Array.from(rows).flatMap(([key, row]) => (row === null ? [key] : []));
      for (const stored of portions(rows, stale)) {
        await put(client, stored);
        await between?.();
      }
      if (gone.length > 0) await client.query(`delete from ${table} where key = any($1)`, [gone]);
    },
    async add(client, rows, stale, between) {
      for (const stored of portions(rows, stale)) {
        await append(client, stored);
        await between?.();
      }
    },
  };
}

/** The rows that there are, as they are stored, so many together. */
function* portions(rows: ReadonlyMap<string, Row | null>, stale: ReadonlySet<string>): Generator<readonly object[]> {
  let portion: object[] = [];
  for (const [key, row] of rows) {
    if (row !== null) portion.push({ ...row, key, stale: stale.has(key) });
    if (portion.length < PORTION_ROWS) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}

/** A row as a line of COPY's text format, each value as `json_populate_recordset` would have it. */
function lineOf(columns: readonly Column[]): (row: object) => string {
  const json = columns.map(({ type }) => type === 'json' || type === 'jsonb');
  const text = (value: unknown, asJson: boolean): string => {
    if (value === null || value === undefined) return NULL;
    if (typeof value === 'string' && !asJson) return copied(value);
    // What JSON cannot say, such as a function or NaN, is null in it.
    const said = JSON.stringify(value);
    return said === undefined || said === 'null' ? NULL : copied(said);
  };
  return (row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return `${columns.map(({ name }, n) => text(values.get(name), json[n] === true)).join('\t')}\n`;
  };
}

/** With the schema: a name alone could be found in another one first. */
export function qualified(name: string): string {
  return `dispatch_read.${escapeIdentifier(name)}`;
}

/** Every column that is written: generated ones are the table's own affair. */
async function columnsOf(client: ClientBase, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select attname as name, format_type(atttypid, null) as type, typtype = 'b' and typcategory <> 'A' as plain
     from pg_attribute join pg_type t on t.oid = atttypid
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return rows;
}

function selected({ name, type }: Column): string {
  const column = escapeIdentifier(name);
  if (type !== 'timestamp with time zone') return column;
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${column}`;
}

function upsertOf(table: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => escapeIdentifier(name));
  const list = names.join(', ');
  const updates = names.filter((name) => name !== '"key"').map((name) => `${name} = excluded.${name}`);
  return `insert into ${table} (${list}) select ${list} from json_populate_recordset(null::${table}, :rows::json)
    where :where on conflict (key) do update set ${updates.join(', ')}`;
}

function split({ key, stale: _, ...row }: StoredRow): [string, Row] {
  return [key, row];
}
