import { join } from 'node:path';
import type { EventStore } from '@dispatch/event-store';
import { loadPolicy, type Policy } from '@dispatch/policy';
import type { Vault } from '@dispatch/privacy';
import { testVault } from '../../../privacy/src/testing/vault.js';
import { accountId } from '../../../ticket/src/testing/values.js';
import type { Answer, Answered } from '../answer.js';
import type { Refusal } from '../call.js';
import { foldedStreams } from '../streams.js';
import { foldTicket } from '../ticket-codec.js';
import { type DirectoryLookup, type RunTool, ticketCommands } from '../ticket-commands.js';

/** The policy that is shipped. */
export const shippedPolicy = (): Promise<Policy> => loadPolicy(join(import.meta.dirname, '../../../../policy'));

export interface PathParts {
  readonly policy: Policy;
  /** Milliseconds since 1970; stands still by default. */
  readonly clock?: () => number;
  readonly directory?: Partial<DirectoryLookup>;
  /** With keys in memory by default. */
  readonly vault?: Vault;
}

/** When a clock that stands still stands. */
export const NOON = Date.UTC(2026, 0, 5, 12);

/** The command path of one process, with a cache of its own: two over one store are two processes. */
export function ticketPath(
  store: EventStore,
  { policy, clock = () => NOON, directory, vault = testVault() }: PathParts,
): RunTool {
  return ticketCommands({
    store,
    tickets: foldedStreams(store, foldTicket),
    policy,
    directory: { ...everythingKnown, ...directory },
    vault,
    objectStoreSchemes: ['s3', 'minio'],
    clock,
  });
}

const everythingKnown: DirectoryLookup = {
  accountKnown: async () => true,
  accountOfSite: async () => accountId,
  technicianKnown: async () => true,
};

/** The answer to a command that must be accepted. */
export function accepted(answered: Answered): Answer {
  if ('rejection' in answered) throw new Error(`refused: ${JSON.stringify(answered.rejection)}`);
  return answered;
}

/** Why a command that must not be accepted was refused. */
export function rejected(answered: Answered): Refusal {
  if ('rejection' in answered) return answered.rejection;
  throw new Error(`accepted: ${JSON.stringify(answered.body)}`);
}
