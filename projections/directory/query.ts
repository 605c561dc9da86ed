import { instant, keyOf, type Page, pageOf, type Queryable, type Scope, Values } from '../sql.js';
import type { DirectoryKind, DirectoryRow } from './projection.js';

/** One page of a kind, by id. Index (kind, id). A technician belongs to nobody and is seen in every scope. */
export async function listDirectory(
  db: Queryable,
  kind: DirectoryKind,
  { scope, limit, cursor }: { readonly scope: Scope; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<DirectoryRow & { readonly stale: boolean }>> {
  const values = new Values();
  const where = [`kind = ${values.add(kind)}`];
  if (kind === 'account') where.push(...values.scope({ ...scope, site_ids: '*' }));
  if (kind === 'site') where.push(...values.scope(scope));
  if (cursor !== undefined) where.push(`id > ${values.add(keyOf(cursor, ['text'])[0])}`);
  const { rows } = await db.query<DirectoryRow & { readonly stale: boolean }>(
    `select kind, id, stale, account_id, site_id, name, entity, sealed_by, version,
       ${instant('created_at')} as created_at, ${instant('updated_at')} as updated_at
     from dispatch_read.directory where ${where.join(' and ')} order by id limit ${values.add(limit + 1)}`,
    values.list,
  );
  return pageOf(rows, limit, ({ id }) => [id]);
}
