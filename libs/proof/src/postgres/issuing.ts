import { inTransaction } from '@dispatch/projection';
import type { ClientBase } from 'pg';
import { signCheckpoint } from '../checkpoint.js';
import type { Signer } from '../note.js';
import { MissingNode, rootAt } from '../proofs.js';
import { type Issued, issuedBy, lastLeaves, latestIssued, nodesIn } from './tables.js';

/** The tree is not what was signed before, or not what the log says. Nothing is signed then. */
export class TreeFault extends Error {
  override readonly name = 'TreeFault';
}

/**
 * Signs the tree as it is stored; what this key signed already at this size is answered as it is. Whoever signs waits
 * for those who do, so heads come in order.
 * @returns undefined while the tree has no leaf.
 * @throws TreeFault when the tree does not begin with the one that was signed last.
 */
export function issue(client: ClientBase, signer: Signer): Promise<Issued | undefined> {
  return inTransaction(client, async () => {
    // What is given out must outlive a crash of the server, and all leaves before it do then.
    await client.query('set local synchronous_commit = on');
    await client.query("select pg_advisory_xact_lock(hashtextextended('dispatch_proof issue', 0))");
    const [last] = await lastLeaves(client, 1);
    if (!last) return undefined;
    const size = last.index + 1;
    const earlier = await issuedBy(client, signer.key.text, size);
    if (earlier) return earlier;
    await checkAgainstLast(client, size);
    const root = await rootAt(nodesIn(client), size);
    const note = signCheckpoint({ size, root }, signer);
    await client.query('insert into dispatch_proof.keys (key) values ($1) on conflict do nothing', [signer.key.text]);
    await client.query('insert into dispatch_proof.checkpoints (size, root, key, note) values ($1, $2, $3, $4)', [
      size,
      root,
      signer.key.text,
      note,
    ]);
    return issuedBy(client, signer.key.text, size);
  });
}

/** A log must not sign two heads that contradict each other: C2SP tlog-checkpoint. */
async function checkAgainstLast(client: ClientBase, size: number): Promise<void> {
  const { rows } = await client.query<{ size: string }>('select max(size) as size from dispatch_proof.checkpoints');
  const largest = Number(rows[0]?.size ?? 0);
  if (largest > size) throw new TreeFault(`a tree of ${largest} leaves was signed, and there are ${size}`);
  const last = await latestIssued(client);
  if (!last) return;
  const root = await rootAt(nodesIn(client), last.size).catch((error: unknown) => {
    if (error instanceof MissingNode) throw new TreeFault(error.message);
    throw error;
  });
  if (!root.equals(last.root)) throw new TreeFault(`the tree is not the one of ${last.size} leaves that was signed`);
}
