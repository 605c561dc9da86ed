import type { Position } from '@dispatch/event-store';
import type { Hash, Node } from '../merkle.js';
import type { ReadNodes } from '../proofs.js';

/** A connection, or a pool that prepares its statements. */
export interface Queries {
  query<Row extends object>(text: string, values: unknown[]): Promise<{ readonly rows: Row[] }>;
}

export interface LeafRow {
  readonly index: number;
  readonly position: Position;
  readonly hash: Hash;
}

/** A tree head as it was signed. */
export interface Issued {
  readonly size: number;
  readonly root: Hash;
  /** Of the last event that it covers. */
  readonly position: Position;
  /** The public key's line. */
  readonly key: string;
  /** The signed note. */
  readonly note: string;
  readonly issuedAt: Date;
}

/** Leaves in one answer at most. */
const PAGE = 1_000;

/** Nodes by primary key: one search each, whatever the size of the tree. */
export const nodesIn =
  (db: Queries): ReadNodes =>
  async (wanted) => {
    if (wanted.length === 0) return [];
    const { rows } = await db.query<{ level: number; index: string; hash: Hash }>(
      `
        select w.level, w.index, n.hash from unnest($1::smallint[], $2::bigint[]) as w (level, index)
          join dispatch_proof.nodes n on n.level = w.level and n.index = w.index
        union all
        select w.level, w.index, l.hash from unnest($1::smallint[], $2::bigint[]) as w (level, index)
          join dispatch_proof.leaves l on l.index = w.index where w.level = 0`,
      [wanted.map(({ level }) => level), wanted.map(({ index }) => index)],
    );
    return rows.map(({ level, index, hash }) => ({ level, index: Number(index), hash }));
  };

/** The newest leaves, the last first. */
export async function lastLeaves(db: Queries, count: number): Promise<readonly LeafRow[]> {
  const { rows } = await db.query<StoredLeaf>(
    'select index, position, hash from dispatch_proof.leaves order by index desc limit $1',
    [count],
  );
  return rows.map(leafRow);
}

export async function leafAt(db: Queries, position: Position): Promise<LeafRow | undefined> {
  const { rows } = await db.query<StoredLeaf>(
    'select index, position, hash from dispatch_proof.leaves where position = $1',
    [position],
  );
  return rows[0] && leafRow(rows[0]);
}

/** The first `count` leaves in order, in bounded pages. */
export async function* firstLeaves(db: Queries, count: number): AsyncGenerator<LeafRow, void> {
  for (let next = 0; next < count; ) {
    const { rows } = await db.query<StoredLeaf>(
      'select index, position, hash from dispatch_proof.leaves where index >= $1 order by index limit $2',
      [next, Math.min(PAGE, count - next)],
    );
    if (rows.length === 0) return;
    for (const row of rows) yield leafRow(row);
    next += rows.length;
  }
}

/**
 * Adds leaves and the nodes that are complete with them, in one statement and so in one transaction. It fails when
 * another has added one of them meanwhile.
 */
export async function addNodes(db: Queries, positions: readonly Position[], nodes: readonly Node[]): Promise<void> {
  const leaves = nodes.filter(({ level }) => level === 0);
  const above = nodes.filter(({ level }) => level > 0);
  await db.query(
    `
      with added as (
        insert into dispatch_proof.leaves (index, position, hash)
        select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])
      )
      insert into dispatch_proof.nodes (level, index, hash)
      select * from unnest($4::smallint[], $5::bigint[], $6::bytea[])`,
    [
      leaves.map(({ index }) => index),
      positions,
      leaves.map(({ hash }) => hash),
      above.map(({ level }) => level),
      above.map(({ index }) => index),
      above.map(({ hash }) => hash),
    ],
  );
}

const ISSUED = `select c.size, c.root, c.key, c.note, c.issued_at as "issuedAt", l.position
  from dispatch_proof.checkpoints c join dispatch_proof.leaves l on l.index = c.size - 1`;

/** Of the largest tree that was signed; by the key that signed it last. */
export async function latestIssued(db: Queries): Promise<Issued | undefined> {
  const { rows } = await db.query<StoredIssued>(`${ISSUED} order by c.size desc, c.id desc limit 1`, []);
  return rows[0] && issued(rows[0]);
}

export async function issuedBy(db: Queries, key: string, size: number): Promise<Issued | undefined> {
  const { rows } = await db.query<StoredIssued>(`${ISSUED} where c.key = $1 and c.size = $2`, [key, size]);
  return rows[0] && issued(rows[0]);
}

/** The public keys that signed here, the oldest first. */
export async function knownKeys(db: Queries): Promise<readonly { readonly key: string; readonly firstUsedAt: Date }[]> {
  const { rows } = await db.query<{ key: string; firstUsedAt: Date }>(
    'select key, first_used_at as "firstUsedAt" from dispatch_proof.keys order by first_used_at, key',
    [],
  );
  return rows;
}

interface StoredLeaf {
  readonly index: string;
  readonly position: Position;
  readonly hash: Hash;
}
type StoredIssued = Omit<Issued, 'size'> & { readonly size: string };

const leafRow = ({ index, position, hash }: StoredLeaf): LeafRow => ({ index: Number(index), position, hash });
const issued = ({ size, ...row }: StoredIssued): Issued => ({ ...row, size: Number(size) });
