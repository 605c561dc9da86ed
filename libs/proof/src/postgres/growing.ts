import { comparePositions, type EventStore, type Link, type Position } from '@dispatch/event-store';
import type { ClientBase } from 'pg';
import { leafOf } from '../leaf.js';
import { frontierOf, type Frontier } from '../merkle.js';
import { subtreeHashes } from '../proofs.js';
import { TreeFault } from './issuing.js';
import { addNodes, lastLeaves, type LeafRow, nodesIn } from './tables.js';

/** The stored tree and the one who may add to it. Held in memory are its edge and its last position. */
export interface Growing {
  readonly client: ClientBase;
  readonly frontier: Frontier;
  /** Of the last event in the tree. */
  position: Position | 'start';
}

/**
 * Takes the tree up where it was left.
 * @throws TreeFault when the log has not the event that the last leaf is of: it was cut, or another log's tree is here.
 */
export async function takeUp(client: ClientBase, store: EventStore): Promise<Growing> {
  const [last, previous] = await lastLeaves(client, 2);
  const size = last ? last.index + 1 : 0;
  if (last) await checkLast(store, last, previous?.position ?? 'start');
  const frontier = frontierOf(size, await subtreeHashes(nodesIn(client), size));
  return { client, frontier, position: last?.position ?? 'start' };
}

async function checkLast(store: EventStore, last: LeafRow, before: Position | 'start'): Promise<void> {
  if (comparePositions(await store.head(), last.position) < 0)
    throw new TreeFault(`the log ends before position ${last.position}, which the tree has`);
  for await (const [link] of store.links({ after: before })) {
    if (link?.position === last.position && leafOf(link).equals(last.hash)) return;
    break;
  }
  throw new TreeFault(`the log does not hold the event at position ${last.position} that the tree has`);
}

/** Adds the events that follow the last one: leaves, nodes and with them the checkpoint, in one transaction. */
export async function grow(tree: Growing, links: readonly Link[]): Promise<void> {
  const last = links.at(-1);
  if (!last) return;
  const nodes = links.flatMap((link) => tree.frontier.add(leafOf(link)));
  await addNodes(
    tree.client,
    links.map(({ position }) => position),
    nodes,
  );
  tree.position = last.position;
}
