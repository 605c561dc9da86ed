import { backoff, type EventStore } from '@dispatch/event-store';
import { connected, pause, type ProjectionLog, tryLock } from '@dispatch/projection';
import type { Client } from 'pg';
import type { Signer } from '../note.js';
import { type Growing, grow, takeUp } from './growing.js';
import { issue, TreeFault } from './issuing.js';
import { type Issued, latestIssued } from './tables.js';

export interface TreeOptions {
  /** A login that may take the role dispatch_app. The schema is made by migrateProof. */
  readonly url: string;
  readonly store: EventStore;
  readonly signer: Signer;
  /** Seconds from one signed head to the next at least; none is signed without new events. */
  readonly everySeconds: number;
  readonly log?: ProjectionLog;
  /** Milliseconds after which it looks for new events: 1,000 by default. */
  readonly lookMs?: number;
}

export interface RunningTree {
  /** Ends at the edge of a batch, and lets go of the lease. */
  stop(): Promise<void>;
}

const LOOK_MS = 1_000;
/** Rest for each part of work: those who append share its processor and its database, and come first. */
const REST = 10;
/** Events that are added at once: what their hashes take, this process does nothing else. */
const PIECE = 100;
const MINUTE_MS = 60_000;

/**
 * Keeps the tree of the log and signs its heads, as the one that holds the lease or as its standby. Memory holds two
 * pages of links and the tree's edge. What goes wrong starts over from the last leaf, later and later while it fails; a
 * tree that contradicts the log or an earlier head is left as it is, and said each minute.
 */
export function startTree(options: TreeOptions): RunningTree {
  const stopping = new AbortController();
  const running = keep({ log: silent, ...options }, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

type Keeping = TreeOptions & { readonly log: ProjectionLog };

async function keep(options: Keeping, signal: AbortSignal): Promise<void> {
  const { url, log } = options;
  for (let failures = 0; !signal.aborted; ) {
    try {
      await connected(url, async (client, lost) => {
        const serving = AbortSignal.any([signal, lost]);
        if (!(await lease(client, serving))) return;
        log.info({}, 'tree: kept here');
        await serve(client, options, serving, () => {
          failures = 0;
        });
      });
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof TreeFault) {
        log.error({ reason }, 'tree: it contradicts the log or what was signed; nothing is signed');
        await pause(MINUTE_MS, signal);
      } else {
        log.warn({ error: reason, failures }, 'tree: will start over');
        await pause(backoff(failures), signal);
      }
    }
  }
}

/** Waits for the lease; false when the signal aborted first. */
async function lease(client: Client, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await leased(client)) return true;
    await pause(LOOK_MS, signal);
  }
  return false;
}

const leased = (client: Client): Promise<boolean> => tryLock(client, 'run', 'proof tree');

async function serve(
  client: Client,
  { store, signer, everySeconds, lookMs = LOOK_MS, log }: Keeping,
  signal: AbortSignal,
  onProgress: () => void,
): Promise<void> {
  // A loss of the server takes leaves and checkpoint back together, and they are added again.
  await client.query('set synchronous_commit = off');
  const tree = await takeUp(client, store);
  const due = dueHeads(await latestIssued(client), signer, everySeconds);
  const signWhenDue = async () => {
    const head = due(tree.frontier.size()) ? await issue(client, signer) : undefined;
    if (head) log.info({ size: head.size, position: head.position }, 'tree: head signed');
  };
  while (!signal.aborted) {
    for await (const links of store.links({ after: tree.position, signal })) {
      for (let first = 0; first < links.length && !signal.aborted; first += PIECE) {
        const began = performance.now();
        await grow(tree, links.slice(first, first + PIECE));
        onProgress();
        await signWhenDue();
        await pause(REST * (performance.now() - began), signal);
      }
    }
    onProgress();
    await signWhenDue();
    await pause(lookMs, signal);
  }
}

/** Whether a tree of this size is to be signed now. The first one is, whenever the last was signed. */
function dueHeads(last: Issued | undefined, signer: Signer, everySeconds: number): (size: number) => boolean {
  let signed = last?.key === signer.key.text ? last.size : 0;
  let next = -Infinity;
  return (size) => {
    if (size === signed || size === 0 || performance.now() < next) return false;
    signed = size;
    next = performance.now() + everySeconds * 1_000;
    return true;
  };
}

/**
 * Brings the tree to the log's present end, or waits until whoever keeps it has, and signs it.
 * @returns undefined when the log is empty, or the one who keeps it does not come to the end within `waitMs`.
 * @throws TreeFault
 */
export async function headNow({
  url,
  store,
  signer,
  waitMs = 30_000,
}: Pick<TreeOptions, 'url' | 'store' | 'signer'> & { readonly waitMs?: number }): Promise<Issued | undefined> {
  return connected(url, async (client, lost) => {
    const head = await store.head();
    const until = performance.now() + waitMs;
    while (!(await leased(client))) {
      if (await holds(client, head)) return issue(client, signer);
      if (performance.now() > until) return undefined;
      await pause(100, lost);
    }
    const tree = await takeUp(client, store);
    await growToEnd(tree, store);
    return issue(client, signer);
  });
}

async function growToEnd(tree: Growing, store: EventStore): Promise<void> {
  for await (const links of store.links({ after: tree.position })) await grow(tree, links);
}

async function holds(client: Client, position: string): Promise<boolean> {
  if (position === 'start') return true;
  const { rowCount } = await client.query('select from dispatch_proof.leaves where position >= $1 limit 1', [position]);
  return rowCount === 1;
}

const silent: ProjectionLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
