import { type DenialCode, type Entry, type EntryPlace, readEntries } from '@dispatch/denials';
import { connectedToAny, type Surroundings } from '../database.js';
import { counted } from '../projections/format.js';
import { printable } from './printable.js';

export interface Denying {
  readonly actor?: string;
  readonly code?: DenialCode;
  /** RFC 3339 UTC. */
  readonly from?: string;
  readonly to?: string;
  readonly json: boolean;
}

const DAY_MS = 86_400_000;
const PAGE = 500;

/** Prints what was refused between two times, in the order it was recorded. */
export function printDenied(given: Surroundings, { actor: actorId, code, json, ...times }: Denying): Promise<boolean> {
  const { printer, signal } = given;
  const now = new Date(Date.now() + 1).toISOString();
  const to = times.to !== undefined && times.to < now ? times.to : now;
  const from = times.from ?? new Date(Date.parse(to) - DAY_MS).toISOString();
  return connectedToAny(given, async ({ store }) => {
    let attempts = 0;
    let place: EntryPlace | undefined;
    do {
      const { entries, next } = await readEntries(store, { from, to, actorId, code, place, limit: PAGE, signal });
      for (const entry of entries) {
        attempts += entry.kind === 'denied' ? 1 : 0;
        printer.line(json ? JSON.stringify(entry) : printable(deniedLine(entry)));
      }
      place = next;
    } while (place);
    printer.note(`${counted(attempts, 'refused attempt')} from ${from} to ${to}`);
    return true;
  });
}

/** Who tried what, from where, and why not. */
export function deniedLine(entry: Entry): string {
  if (entry.kind === 'not_recorded') {
    const codes = Object.entries(entry.by_code).map(([code, n]) => `${n} ${code}`);
    const most = entry.sources.map(({ actor_id, network, count }) => `${actor_id ?? network ?? 'unknown'} ${count}`);
    return `${entry.from}  ${entry.count} more were not recorded: ${codes.join(', ')}; most of: ${most.join(', ')}`;
  }
  const { at, code, field, target_id, actor, tool, asked_tool, method, endpoint, ticket_id, network } = entry;
  const who = actor
    ? `${actor.id} (${[actor.role, actor.type].filter(Boolean).join(', ') || 'no role'})`
    : 'nobody known';
  const what = [
    `${method} ${endpoint}`,
    ...(tool ? [tool] : []),
    ...(asked_tool ? [`as ${asked_tool}`] : []),
    ...(ticket_id ? [`ticket ${ticket_id}`] : []),
  ];
  const why = [code, ...(field ? [field] : []), ...(target_id ? [target_id] : [])];
  return `${at}  ${why.join(' ')}  ${who}  ${what.join(' ')}${network ? `  from ${network}` : ''}`;
}
