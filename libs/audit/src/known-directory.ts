import type { Kind } from '@dispatch/directory';
import { type Instant, parseUuid, type Uuid } from '@dispatch/ticket';

/** What the directory held at the place in the log where a check has come to. */
export interface KnownDirectory {
  has(kind: Kind, id: string): boolean;
  /**
   * The account of a site: `named` also where the site had just been moved from it, since a command may rest on what
   * its process saw a moment before. Undefined for an unknown site.
   */
  accountOfSite(id: Uuid, named: Uuid, now: Instant): Uuid | undefined;
  /** Takes in a statement. `account`: that of a site. */
  state(kind: Kind, id: string, at: Instant, account?: string): void;
}

/** Milliseconds: a second that a process may rest on what it saw, and the clocks of two processes apart by some more. */
const MOMENT = 10_000;

interface Site {
  readonly account: Uuid | undefined;
  /** Accounts it was moved from, each with when that was. */
  readonly left: readonly { readonly account: Uuid | undefined; readonly at: Instant }[];
}

/** Grows with the directory, not with the log. */
export function knownDirectory(): KnownDirectory {
  const known: Readonly<Record<Kind, Set<string>>> = { account: new Set(), site: new Set(), technician: new Set() };
  const sites = new Map<string, Site>();

  return {
    has: (kind, id) => known[kind].has(id),
    accountOfSite(id, named, now) {
      const site = sites.get(id);
      const justLeft = site?.left.some(
        ({ account, at }) => account === named && Date.parse(now) < Date.parse(at) + MOMENT,
      );
      return justLeft ? named : site?.account;
    },
    state(kind, id, at, account) {
      known[kind].add(id);
      if (kind !== 'site') return;
      const before = sites.get(id);
      const now = parseUuid(account);
      if (before?.account === now && before) return;
      sites.set(id, { account: now, left: before ? [...before.left, { account: before.account, at }] : [] });
    },
  };
}
