import { open, readFile } from 'node:fs/promises';
import { ticketStream } from '@dispatch/commands';
import { openReadPool } from '@dispatch/projection';
import {
  bundleOf,
  checkLogAgainstCheckpoint,
  headNow,
  isKeyName,
  type Issued,
  type LogFault,
  newSignerLine,
  openCheckpoint,
  type TreeReads,
  treeReads,
  verifierKey,
  zipOf,
} from '@dispatch/proof';
import { openSigner, readProcessSettings } from '@dispatch/process';
import { parseUuid } from '@dispatch/ticket';
import { type Connected, connectedToAny, type Surroundings } from '../database.js';
import { Failure } from '../failure.js';
import { counted, grouped } from '../projections/format.js';

/** True: done. False: done, and the answer is one that scripts must notice. */
type Done = Promise<boolean>;

/** Prints the newest signed head as the note that it is; `now`: signs the log's present end first. */
export function checkpoint(given: Surroundings, now: boolean): Done {
  return withTree(given, async (parts) => {
    const head = now ? await signedNow(given, parts) : await parts.proofs.latest();
    if (!head) throw new Failure('no tree head has been signed yet; --now signs one');
    given.printer.line(head.note.trimEnd());
    return true;
  });
}

/** Prints the public keys that signed heads, one a line. */
export function keys(given: Surroundings): Done {
  return withTree(given, async ({ proofs }) => {
    for (const { key } of await proofs.keys()) given.printer.line(key);
    return true;
  });
}

/** Prints a private key to be given to every projector; nothing keeps it. */
export function newKey({ printer }: Surroundings, name: string): boolean {
  if (!isKeyName(name)) throw new Failure('the name of a key has no space and no plus');
  printer.line(newSignerLine(name));
  return true;
}

export interface LogChecking {
  /** The file that holds a signed head, kept since. */
  readonly checkpoint: string;
  /** Public keys that are trusted; none: those that the database names. */
  readonly key: readonly string[];
}

/** Makes the tree anew from the log and compares it with a head that was kept. */
export function checkLog(given: Surroundings, { checkpoint: path, key: lines }: LogChecking): Done {
  const { printer, signal } = given;
  return withTree(given, async ({ store, proofs }) => {
    const note = await readFile(path, 'utf8');
    if (lines.length === 0)
      printer.note('The keys are those that the database names; trust one of your own with --key.');
    const trusted = lines.length > 0 ? lines : (await proofs.keys()).map(({ key }) => key);
    const head = openCheckpoint(note, trusted.map(verifierKey));
    const began = performance.now();
    const onEvent = (events: number) =>
      printer.progress(() => {
        const rate = Math.round(events / ((performance.now() - began) / 1_000));
        return `${grouped(events)} of ${counted(head.size, 'event')}, ${grouped(rate)}/s`;
      });
    const found = await checkLogAgainstCheckpoint({
      store,
      checkpoint: head,
      leaves: (count) => proofs.leaves(count),
      signal,
      onEvent,
    });
    printer.line(
      found
        ? faultLine(found, head.size)
        : `the log holds the ${counted(head.size, 'event')} that ${head.key.name} signed`,
    );
    return found === undefined;
  });
}

function faultLine(found: LogFault, size: number): string {
  switch (found.fault) {
    case 'content':
      return `position ${found.position} (${found.stream}, revision ${found.revision}) does not say what its hash says`;
    case 'truncated': {
      const missing = found.missing === undefined ? '' : `; the first one missing stood at position ${found.missing}`;
      return `the log was cut: it has ${counted(found.events, 'event')}, and ${grouped(size)} were signed${missing}`;
    }
    case 'rewritten': {
      const { first } = found;
      if (!first)
        return 'the log is not what was signed; where it differs first the tree cannot tell: it was changed as well';
      return `the log is not what was signed: it differs first at position ${first.position} (${first.stream}, revision ${first.revision})`;
    }
  }
}

export interface Exporting {
  readonly out: string;
  readonly now: boolean;
}

/** Writes the evidence of some tickets, to a file that must not be there yet. */
export function exportBundle(given: Surroundings, ids: readonly string[], { out, now }: Exporting): Done {
  const { printer } = given;
  const tickets = [...new Set(ids.map(streamOf))].sort();
  return withTree(given, async (parts) => {
    if (now) await signedNow(given, parts);
    const { members, size, events, later } = await bundleOf({ store: parts.store, proofs: parts.proofs, tickets });
    await writeNew(out, zipOf(members));
    printer.line(
      `${out}: ${counted(tickets.length, 'ticket')}, ${counted(events, 'event')}, under the signed head of ${grouped(size)}`,
    );
    if (later > 0)
      printer.note(`${counted(later, 'event')} came after that head and are left out; --now signs a new one first`);
    return true;
  });
}

async function signedNow(given: Surroundings, { url, store }: Connected): Promise<Issued> {
  const signer = await openSigner(readProcessSettings(given.env));
  const head = await headNow({ url, store, signer });
  if (!head) throw new Failure('the log is empty, or the process that keeps its tree does not come to its end');
  return head;
}

function withTree<T>(given: Surroundings, work: (parts: Connected & { proofs: TreeReads }) => Promise<T>): Promise<T> {
  return connectedToAny(given, async (parts) => {
    const db = openReadPool({ url: parts.url });
    try {
      return await work({ ...parts, proofs: treeReads(db) });
    } finally {
      await db.close();
    }
  });
}

function streamOf(text: string): string {
  const id = parseUuid(text);
  if (!id) throw new Failure(`${text} is no ticket's id`);
  return ticketStream(id);
}

/** What is in a bundle may be personal: for its owner only. */
async function writeNew(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new Failure(`${path} is there already`);
    throw error;
  });
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}
