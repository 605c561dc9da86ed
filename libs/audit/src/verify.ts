import { comparePositions, type LogTexts, type Position, type RecordedText } from '@dispatch/event-store';
import { ticketStream } from '@dispatch/commands';
import type { Uuid } from '@dispatch/ticket';
import { at, type Difference, fault } from './difference.js';
import { objectIn } from './field.js';
import { POLICY_STREAM } from './known-policies.js';
import { type Counts, type Verifier, verifier, type VerifierOptions } from './verifier.js';

export interface VerifyOptions extends Omit<VerifierOptions, 'gapless'> {
  readonly signal?: AbortSignal;
  readonly onDifference: (difference: Difference) => void;
  /** After every page. */
  readonly onProgress?: (progress: { readonly events: number; readonly position: Position }) => void;
}

/** Checks the whole log, from its first event to the last there is. Answers what was looked at. */
export async function verifyLog(log: LogTexts, options: VerifyOptions): Promise<Readonly<Counts>> {
  const { signal, onDifference, onProgress } = options;
  const verifying = verifier({ ...options, gapless: log.gapless });
  const head = await log.head();
  for await (const page of log.readAll('start', signal)) {
    for (const event of page) {
      if (verifying.lacks(event)) await recall(log, verifying, event, signal);
      verifying.take(event).forEach(onDifference);
    }
    const last = page.at(-1);
    if (last) onProgress?.({ events: verifying.counts.events, position: last.position });
  }
  verifying.end(head, await log.head()).forEach(onDifference);
  return verifying.counts;
}

/** The events of its stream before this one, which the verifier let go of. */
async function recall(log: LogTexts, verifying: Verifier, event: RecordedText, signal?: AbortSignal): Promise<void> {
  const before: RecordedText[] = [];
  for await (const page of log.read(event.stream, signal))
    before.push(...page.filter(({ position }) => comparePositions(position, event.position) < 0));
  verifying.recall(event.stream, before);
}

/**
 * Checks one ticket's stream, and what its decisions rested on: the policies, and the streams of the accounts, sites
 * and technicians that it names. Undefined when there is no such ticket.
 */
export async function verifyTicket(
  log: LogTexts,
  ticketId: Uuid,
  options: Omit<VerifyOptions, 'onProgress'>,
): Promise<Readonly<Counts> | undefined> {
  const { signal, onDifference } = options;
  const events = await all(log, ticketStream(ticketId), signal);
  if (events.length === 0) return undefined;
  const beside = new Set([POLICY_STREAM, ...events.flatMap(named)]);
  // A set visits what is added while it is walked: a site names the accounts that it was of.
  for (const stream of beside) {
    const found = await all(log, stream, signal);
    events.push(...found);
    found.flatMap(named).forEach((other) => beside.add(other));
  }
  events.sort((a, b) => comparePositions(a.position, b.position));
  const verifying = verifier({ ...options, gapless: false });
  for (const event of events) {
    verifying.take(event).forEach(onDifference);
    // In the whole log, not only among these.
    const holder = log.find ? await log.find(event.id) : event;
    if (holder?.position !== event.position)
      onDifference(at(event, fault('id', `the log finds another event by this id, at position ${holder?.position}`)));
  }
  return verifying.counts;
}

async function all(log: LogTexts, stream: string, signal?: AbortSignal): Promise<RecordedText[]> {
  const events: RecordedText[] = [];
  for await (const page of log.read(stream, signal)) events.push(...page);
  return events;
}

/** The streams of the directory that an event of a ticket or a site speaks of. */
function named({ data }: RecordedText): string[] {
  const { accountId, account_id, siteId, techId } = objectIn(data);
  return Object.entries({ account: accountId ?? account_id, site: siteId, technician: techId }).flatMap(([kind, id]) =>
    typeof id === 'string' ? [`${kind}-${id}`] : [],
  );
}
