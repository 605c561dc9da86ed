import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type EventStore, type Recorded } from '@dispatch/event-store';
import { zipSync } from 'fflate';
import { openCheckpoint } from '../checkpoint.js';
import { verifierKey } from '../note.js';
import type { Inclusion, TreeReads } from '../postgres/reading.js';
import { manifestOf, type Members, README, renderReport, verifyBundle } from './verify.mjs';

export interface BundleParts {
  readonly store: Pick<EventStore, 'read'>;
  readonly proofs: Pick<TreeReads, 'latest' | 'inclusion'>;
  /** Streams, each once. */
  readonly tickets: readonly string[];
}

export interface Bundled {
  /** Files by name. */
  readonly members: Members;
  readonly size: number;
  readonly events: number;
  /** Events of the tickets that the signed head does not cover yet, and that are left out. */
  readonly later: number;
}

/** What cannot be bundled, in words for the person who asked. */
export class BundleFault extends Error {
  override readonly name = 'BundleFault';
}

/** The stream in which sets of rules that came into use are recorded. */
const POLICY = 'policy';

/**
 * The evidence of some tickets under the newest signed head: their events and the policies', a proof for each, the head,
 * its key, a report and what verifies all of it. The same tickets under the same head give the same bytes. It is
 * verified before it is given out, so that a log that was tampered with gives no bundle.
 * @throws BundleFault, TreeFault
 */
export async function bundleOf({ store, proofs, tickets }: BundleParts): Promise<Bundled> {
  const head = await proofs.latest();
  if (!head) throw new BundleFault('no tree head has been signed yet');
  const events: Recorded[] = [];
  const found: Inclusion[] = [];
  let later = 0;
  for (const stream of [POLICY, ...tickets]) {
    const before = events.length;
    for await (const event of store.read(stream)) {
      const inclusion = await proofs.inclusion(event, head);
      if (!inclusion && stream !== POLICY) later += 1;
      if (!inclusion) continue;
      events.push(event);
      found.push(inclusion);
    }
    if (events.length === before && stream !== POLICY)
      throw new BundleFault(`the log has nothing of ${stream} that a signed head covers`);
  }

  const checkpoint = openCheckpoint(head.note, [verifierKey(head.key)]);
  const texts = {
    'README.txt': README,
    'checkpoint.txt': head.note,
    'events.jsonl': jsonLines(events.map((event) => ({ ...event }))),
    'key.txt': `${head.key}\n`,
    'proofs.jsonl': jsonLines(
      found.map(({ index, proof }) => ({ index, path: proof.map((hash) => hash.toString('base64')) })),
    ),
    'report.html': renderReport({ key: { line: head.key }, checkpoint, tickets, events }),
    'verify.mjs': await readFile(join(import.meta.dirname, 'verify.mjs'), 'utf8'),
  };
  const members = new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));
  members.set('manifest.json', Buffer.from(manifestOf(members, tickets)));
  verified(members, head.key);
  return { members, size: head.size, events: events.length, later };
}

/** As a ZIP archive, with the time that ZIP begins at for every file. */
export function zipOf(members: Members): Buffer {
  const files = Object.fromEntries([...members].sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) }));
}

function verified(members: Members, key: string): void {
  try {
    verifyBundle(members, key);
  } catch (error) {
    throw new BundleFault(error instanceof Error ? error.message : String(error));
  }
}

const jsonLines = (values: readonly Parameters<typeof canonicalJson>[0][]): string =>
  values.map((value) => `${canonicalJson(value)}\n`).join('');
