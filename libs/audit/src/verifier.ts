import { denialFault, isSecurityStream } from '@dispatch/denials';
import { comparePositions, type Position, type RecordedText } from '@dispatch/event-store';
import { parseInstant, type Ticket } from '@dispatch/ticket';
import { LRUCache } from 'lru-cache';
import { commandOf } from './command.js';
import { at, type Difference, type Fault, fault } from './difference.js';
import { objectIn } from './field.js';
import { entityOfStream, judgeStatement } from './judge-directory.js';
import { foldAsItStands, judgeTicketEvent } from './judge-ticket.js';
import { knownDirectory } from './known-directory.js';
import { knownPolicies, POLICY_STREAM } from './known-policies.js';
import { linkFaults, placeFault, type Tail } from './links.js';
import { seenIds } from './seen.js';

export interface VerifierOptions {
  /** Whether positions must start at 1 and have no gaps: see LogTexts. */
  readonly gapless: boolean;
  /** Lower case, without colon: those that the object store was ever set to. */
  readonly objectStoreSchemes: readonly string[];
  /** Bytes of memory that streams at work may take, about; the others are read again when they go on. */
  readonly bytesKept?: number;
  /** One of several verifiers that check a log side by side; alone by default. */
  readonly share?: Share;
}

/**
 * Checks a log event by event, in log order. Its memory is bounded but for the ids that it has met, the directory and
 * the policies: some 20 bytes an event.
 */
export interface Verifier {
  /** Whether the stream's events before this one must be recalled before it can be taken. */
  lacks(event: RecordedText): boolean;
  /** Takes in what a stream held before an event, which was checked when it was met. */
  recall(stream: string, events: readonly RecordedText[]): void;
  /** What is wrong with the next event of the log. */
  take(event: RecordedText): readonly Difference[];
  /** Whether the log ends where its head says. It may have been appended to: `least` is the head from before, `most` from after. */
  end(least: Position | 'start', most: Position | 'start'): readonly Difference[];
  readonly counts: Counts;
}

export interface Counts {
  /** All that were met, also those of other shares. */
  events: number;
  /** Commands that were decided again. */
  decided: number;
  /** Events of streams that no rule of this release speaks of: their chains were checked, nothing else. */
  unjudged: number;
}

/** Which of several verifiers: the streams are dealt out to them. All that others rest on, each takes in. */
export interface Share {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

const ALONE: Share = { index: 0, of: 1 };

/** Tickets by digits of their id, which are those of a hash; the others are few. */
function isMine(stream: string, { index, of }: Share): boolean {
  if (of === 1) return true;
  const digits = stream.startsWith('ticket-') ? Number.parseInt(stream.slice(7, 15), 16) : 0;
  return (digits % of || 0) === index;
}

/** A stream as its last event left it. */
interface Standing extends Tail {
  /** Of a ticket's stream that could be folded. */
  readonly ticket?: Ticket;
  readonly bytes: number;
}

interface Standings {
  get(stream: string): Standing | undefined;
  set(stream: string, standing: Standing): unknown;
  has(stream: string): boolean;
  delete(stream: string): unknown;
}

const BYTES_KEPT = 96 * 1024 * 1024;
/** What a ticket takes in memory beside what its events said, and how much more that is as objects than as text. */
const PER_STREAM = 2_000;
const PER_CHARACTER = 4;

export function verifier(options: VerifierOptions): Verifier {
  const { gapless, objectStoreSchemes, bytesKept = BYTES_KEPT, share = ALONE } = options;
  const standings = new LRUCache<string, Standing>({
    maxSize: bytesKept,
    // What is larger than all of it would not be kept at all, and is needed for the next event.
    sizeCalculation: ({ bytes }) => Math.min(bytes, bytesKept),
  });
  /** By stream, one a day: what is refused goes on beside all others, so that these would be let go of again and again. */
  const ofDenials = new Map<string, Standing>();
  const policies = knownPolicies();
  const directory = knownDirectory();
  const ids = seenIds();
  /** Streams with a difference: what follows rests on it, so that only their chains are checked on. */
  const suspect = new Set<string>();
  const counts: Counts = { events: 0, decided: 0, unjudged: 0 };
  let last: RecordedText | undefined;

  /** Decides again what stands there; the ticket after it, or what is wrong. */
  function judge(event: RecordedText, before: Standing | undefined): { ticket?: Ticket; fault?: Fault } {
    const { stream } = event;
    if (isSecurityStream(stream)) {
      const what = denialFault({ ...event, data: objectIn(event.data) });
      return what === undefined ? {} : { fault: fault('denial', what) };
    }
    const entity = entityOfStream(stream);
    const isTicket = stream.startsWith('ticket-');
    if (!isTicket && !entity) {
      counts.unjudged += 1;
      return {};
    }
    const command = commandOf(objectIn(event.metadata));
    if ('check' in command) return { fault: command };
    const policy = policies.get(command.by.policyVersion);
    if (!policy) return { fault: fault('policy', `policy ${command.by.policyVersion} was not recorded before it`) };
    if (policy === 'unreadable') {
      counts.unjudged += 1;
      return isTicket ? { ticket: foldAsItStands(before?.ticket, event) } : {};
    }
    counts.decided += 1;
    if (!entity) return judgeTicketEvent(event, command, before?.ticket, { policy, directory, objectStoreSchemes });
    const time = before && parseInstant(before.at);
    return { fault: judgeStatement(event, command, entity, time, { policy, directory }) };
  }

  function faultsOf(event: RecordedText, before: Standing | undefined): { faults: Fault[]; ticket?: Ticket } {
    const faults = linkFaults(event, before);
    const entity = event.revision === 0 ? entityOfStream(event.stream) : undefined;
    if (!before && entity && directory.has(entity.kind, entity.id))
      faults.push(fault('revision', 'the stream begins a second time'));
    // Also from a stream with a difference: others rest on what was adopted.
    const adopted = event.stream === POLICY_STREAM ? policies.adopt(event) : undefined;
    if (faults.length > 0 || suspect.has(event.stream)) return { faults };
    if (event.stream === POLICY_STREAM) return { faults: adopted ? [adopted] : [] };
    try {
      const { ticket, fault } = judge(event, before);
      return fault ? { faults: [fault] } : { faults, ticket };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { faults: [fault('decision', `it cannot be decided again: ${why}`)] };
    }
  }

  /** What the directory says from here on, also where the statement was found wanting: others rest on it. */
  function state({ stream, at, data }: RecordedText): void {
    const entity = entityOfStream(stream);
    const instant = parseInstant(at);
    if (!entity || !instant) return;
    const account = entity.kind === 'site' ? objectIn(data).account_id : undefined;
    directory.state(entity.kind, entity.id, instant, typeof account === 'string' ? account : undefined);
  }

  /** What only the log as a whole shows: the first of several verifiers looks for it. */
  function wholeFaults(event: RecordedText): Fault[] {
    if (share.index !== 0) return [];
    const place = gapless ? placeFault(event, last) : undefined;
    const faults = place ? [place] : [];
    if (ids.meet(event.id)) faults.push(fault('id', 'another event has this id'));
    return faults;
  }

  const kept = (stream: string): Standings => (isSecurityStream(stream) ? ofDenials : standings);

  function takeMine(event: RecordedText): Fault[] {
    const { stream } = event;
    const before = kept(stream).get(stream);
    const { faults, ticket } = faultsOf(event, before);
    if (faults.length > 0) suspect.add(stream);
    // What is over is seldom met again.
    if (ticket && isOver(ticket)) kept(stream).delete(stream);
    else kept(stream).set(stream, standing(event, before, ticket));
    return faults;
  }

  return {
    counts,
    lacks: ({ stream, revision }) => revision > 0 && isMine(stream, share) && !kept(stream).has(stream),

    recall(stream, events) {
      let before: Standing | undefined;
      for (const event of events) before = standing(event, before, asItStands(event, before));
      if (before) kept(stream).set(stream, before);
    },

    take(event) {
      const faults = wholeFaults(event);
      if (isMine(event.stream, share)) faults.push(...takeMine(event));
      else if (event.stream === POLICY_STREAM) policies.adopt(event);
      state(event);
      last = event;
      counts.events += 1;
      return faults.map((one) => at(event, one));
    },

    end(least, most) {
      if (share.index !== 0) return [];
      const reached = last?.position ?? 'start';
      const within = comparePositions(reached, least) >= 0 && comparePositions(reached, most) <= 0;
      if (within) return [];
      const off = fault('position', `the log ends at ${reached}, and its head says ${most}`);
      return [last ? at(last, off) : { ...off, stream: '', revision: 0, position: most, eventId: '' }];
    },
  };
}

const isOver = ({ state }: Ticket): boolean => state === 'CLOSED' || state === 'CANCELLED';

function standing(event: RecordedText, before: Standing | undefined, ticket: Ticket | undefined): Standing {
  const { revision, hash, data } = event;
  return {
    revision,
    hash,
    at: event.at,
    ticket,
    bytes: (before?.bytes ?? PER_STREAM) + PER_CHARACTER * data.length,
  };
}

function asItStands(event: RecordedText, before: Standing | undefined): Ticket | undefined {
  if (!event.stream.startsWith('ticket-')) return undefined;
  try {
    return foldAsItStands(before?.ticket, event);
  } catch {
    // It was found wanting when it was met, and the stream is not judged on.
    return undefined;
  }
}
