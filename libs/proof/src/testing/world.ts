import { randomUUID } from 'node:crypto';
import { canonicalJson, chainHash, contentHash, GENESIS, type JsonObject, type NewEvent } from '@dispatch/event-store';
import { createWorld, type World } from '../../../projection/src/testing/world.js';
import { leafEntry } from '../leaf.js';
import { migrateProof } from '../postgres/migrate.js';
import { MTH } from './definition.js';

export { until, type World } from '../../../projection/src/testing/world.js';

/** A log with the tree's tables beside it. */
export async function createProofWorld(): Promise<World> {
  const world = await createWorld();
  await Promise.all([migrateProof({ url: world.url }), migrateProof({ url: world.url })]);
  return world;
}

export function happening(data: JsonObject): NewEvent {
  return {
    id: randomUUID(),
    type: 'SomethingHappened',
    schemaVersion: 1,
    data,
    metadata: { actor: { id: 'ann', role: 'dispatcher', type: 'HUMAN' } },
    at: '2026-01-31T08:00:00.500Z',
  };
}

/** Appends events, one after the other, to streams in turn. */
export async function fill({ store }: World, count: number, streams: readonly string[]): Promise<void> {
  for (let n = 0; n < count; n += 1) await store.append(streams[n % streams.length] ?? '', 'any', happening({ n }));
}

/** The root of the log's first events, from RFC 6962's definition. */
export async function definedRoot({ store }: World, size?: number): Promise<string> {
  const entries: Buffer[] = [];
  for await (const event of store.readAll({ after: 'start' })) entries.push(leafEntry(event));
  return MTH(entries.slice(0, size)).toString('hex');
}

/** Runs statements as an owner does who has taken the triggers away, and puts them back. */
export async function behindTheTriggers(world: World, ...statements: readonly string[]): Promise<void> {
  const [off, on] = ['disable', 'enable always'].map((what) =>
    ['dispatch_log.events', 'dispatch_proof.leaves', 'dispatch_proof.nodes', 'dispatch_proof.checkpoints'].map(
      (table) => `alter table ${table} ${what} trigger append_only`,
    ),
  );
  const head = (what: string) => `alter table dispatch_log.head ${what} trigger follows_events`;
  await world.query([...(off ?? []), head('disable'), ...statements, ...(on ?? []), head('enable always')].join(';\n'));
}

/** Replaces what a stream says, from one revision on, so that its chain of hashes is whole again. */
export async function rewriteStream(
  world: World,
  stream: string,
  change: (data: JsonObject, revision: number) => JsonObject,
): Promise<void> {
  let prevHash = GENESIS;
  const statements: string[] = [];
  for await (const event of world.store.read(stream)) {
    const data = change(event.data, event.revision);
    const hash = chainHash(prevHash, contentHash(stream, { ...event, data }));
    statements.push(
      `update dispatch_log.events set data = '${canonicalJson(data)}', hash = '\\x${hash}', prev_hash = '\\x${prevHash}'
       where position = ${event.position}`,
    );
    prevHash = hash;
  }
  await behindTheTriggers(world, ...statements);
}

/** Cuts the log's tail off after this position, head and all. */
export const cutAfter = (world: World, position: string): Promise<void> =>
  behindTheTriggers(
    world,
    `delete from dispatch_log.events where position > ${position}`,
    `update dispatch_log.head set position = ${position}`,
  );
