import { parseInstant } from '@dispatch/ticket';

/** What a query runs on: a pool, a client, a transaction. */
export interface Queryable {
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** Ids that the reader may see; `*` is all of them. */
export interface Scope {
  readonly account_ids: '*' | readonly string[];
  readonly site_ids: '*' | readonly string[];
}

/** What lists of tickets are filtered by: any of the values of each that is set. */
export interface TicketFilters {
  readonly state?: readonly string[] | undefined;
  readonly priority?: readonly string[] | undefined;
  readonly account_id?: readonly string[] | undefined;
  readonly site_id?: readonly string[] | undefined;
  readonly assigned_tech_id?: readonly string[] | undefined;
  readonly incident_type?: readonly string[] | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Opaque; null where the list ends. */
  readonly next: string | null;
}

/** The values of one statement, numbered as they are met. */
export class Values {
  readonly list: unknown[] = [];

  /** The placeholder of a value. */
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }

  /**
   * A condition for each filter that is set. By a single value an index is read in its order; and what is planned for
   * any one serves them all, so that Postgres need not plan again for each.
   */
  among(filters: Readonly<Record<string, readonly string[] | undefined>>): string[] {
    return Object.entries(filters).flatMap(([column, wanted]) => {
      if (!wanted) return [];
      return wanted.length === 1 ? `${column} = ${this.add(wanted[0])}` : `${column} = any(${this.add(wanted)})`;
    });
  }

  scope({ account_ids, site_ids }: Scope): string[] {
    return this.among({
      account_id: account_ids === '*' ? undefined : account_ids,
      site_id: site_ids === '*' ? undefined : site_ids,
    });
  }
}

/** A cursor that this service did not make, or of another list. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

export const cursorOf = (key: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

type Part = 'text' | 'instant' | 'integer';

const fits: Readonly<Record<Part, (part: unknown) => boolean>> = {
  text: (part) => typeof part === 'string',
  instant: (part) => parseInstant(part) === part,
  integer: (part) => typeof part === 'number' && Number.isInteger(part) && Math.abs(part) < 2 ** 31,
};

/** The key in a cursor, which must have these parts in this order. @throws InvalidCursor */
export function keyOf(cursor: string, shape: readonly Part[]): readonly unknown[] {
  const key = parsed(cursor);
  if (!Array.isArray(key) || key.length !== shape.length || !shape.every((part, n) => fits[part](key[n])))
    throw new InvalidCursor('the cursor is not one of this list');
  return key;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** One row more than the page holds was read, to know whether there is a next page. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => readonly (string | number)[],
): Page<Row> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: last !== undefined && rows.length > limit ? cursorOf(key(last)) : null };
}

/** An instant as the contract writes it. */
export const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** An instant as epoch milliseconds, to be written by `instantOf`: what to_char costs a column is felt on long pages. */
export const epochMs = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`;
