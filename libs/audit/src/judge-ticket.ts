import { ticketIdOf, ticketStream } from '@dispatch/commands';
import type { JsonObject, RecordedText } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import {
  decide,
  evolve,
  type Given,
  type Instant,
  isTicketEventType,
  parseInstant,
  parseUuid,
  type Rejection,
  type Ticket,
  type TicketCommand,
  type TicketEvent,
  upcast,
  type Uuid,
} from '@dispatch/ticket';
import { type Command, owed } from './command.js';
import { type Fault, fault } from './difference.js';
import { objectIn } from './field.js';
import type { KnownDirectory } from './known-directory.js';
import { ticketRequest } from './ticket-requests.js';
import { alike, unlike } from './unlike.js';

/** What a decision of the past rested on beside its ticket. */
export interface Circumstances {
  readonly policy: Policy;
  readonly directory: KnownDirectory;
  /** Schemes of the object store, lower case: a setting, so the log does not tell what it was. */
  readonly objectStoreSchemes: readonly string[];
}

export type Judged = { readonly ticket: Ticket } | { readonly fault: Fault };

const PREFIX = 'ticket-';
/** The only event whose path names more than the ticket. */
const WITH_EVIDENCE = 'EvidenceWithdrawn';

/**
 * Decides the command behind an event again, from the ticket before it, and holds what comes out against what stands
 * there. Facts that came from outside are the event's own: its id, its time, the ids of its path.
 */
export function judgeTicketEvent(
  event: RecordedText,
  command: Command,
  before: Ticket | undefined,
  given: Circumstances,
): Judged {
  const { policy } = given;
  const { by } = command;
  const ticketId = before?.id ?? parseUuid(event.stream.slice(PREFIX.length));
  const eventId = parseUuid(event.id);
  const now = parseInstant(event.at);
  if (!now) return wrong('time', 'the time is not an instant');
  if (!ticketId || !eventId) return wrong('id', 'the ids of event and stream are not UUIDs');
  if (!before && event.stream !== ticketStream(ticketIdOf(eventId)))
    return wrong('id', 'the ticket that the stream is named after does not follow from its first event');
  const evidenceId = event.type === WITH_EVIDENCE ? evidenceIn(event) : undefined;
  const path = { ...(before && { id: ticketId }), ...(evidenceId && { evidenceId }) };
  const due = owed(event, command, policy, policy.tool(by.tool), path, before?.updatedAt);
  if (due) return { fault: due };

  const asked = ticketRequest(by.tool, by.request, evidenceId);
  if ('fault' in asked) return wrong('request', `the request could not be asked: ${asked.fault}`);
  const version = before?.version ?? -1;
  if (asked.expectedVersion !== undefined && asked.expectedVersion !== version)
    return wrong('decision', `the request expects version ${asked.expectedVersion}, and the ticket has ${version}`);
  if ((asked.command.tool === 'ticket.create') !== (before === undefined))
    return wrong('decision', `${by.tool} ${before ? 'begins a ticket that is there' : 'has no ticket to act on'}`);
  const refused = policy.refuses(asked.command.tool, before, by.actor.role);
  const decision = refused
    ? { rejection: refused }
    : decide(asked.command, before, facts(now, eventId, asked.command, by.actor.role, given));
  if ('rejection' in decision)
    return wrong('decision', `by policy and rules the command is refused: ${reason(decision.rejection)}`);

  const differs = heldAgainst(event, decision.event);
  if (differs) return wrong('decision', differs);
  return { ticket: evolve(before, decision.event, { ticketId, revision: event.revision, at: now, by: by.actor.id }) };
}

const wrong = (...parts: Parameters<typeof fault>): Judged => ({ fault: fault(...parts) });

const reason = (rejection: Rejection): string =>
  rejection.code === 'INVALID_STATE_TRANSITION'
    ? `${rejection.code} (${rejection.details.from_state ?? 'no ticket'} → ${rejection.details.to_state})`
    : rejection.code;

function facts(
  now: Instant,
  id: Uuid,
  { input }: TicketCommand,
  role: string,
  { policy, directory, objectStoreSchemes }: Circumstances,
): Given {
  return {
    now,
    id,
    directory: {
      accountKnown: 'accountId' in input && directory.has('account', input.accountId),
      siteAccountId: 'siteId' in input ? directory.accountOfSite(input.siteId, input.accountId, now) : undefined,
      technicianKnown: 'techId' in input && input.techId !== undefined && directory.has('technician', input.techId),
    },
    policy: {
      template: policy.template,
      bypassNeedsManager: policy.bypassNeedsManager,
      mayConfirmAnyWindow: policy.mayConfirmAnyWindow(role),
    },
    objectStoreSchemes,
    // The event says that its evidence was there; the store need not hold it for ever, nor be asked.
    absentEvidence: [],
  };
}

/** How the recorded event is not the decided one; undefined when it is. */
function heldAgainst({ type, schemaVersion, data }: RecordedText, decided: TicketEvent): string | undefined {
  if (type !== decided.type) return `the event is ${type}, decided again ${decided.type}`;
  const recorded = upcast(decided.type, schemaVersion, objectIn(data)).data as unknown as JsonObject;
  const facts = decided.data as unknown as JsonObject;
  return alike(recorded, facts) ? undefined : unlike(recorded, facts);
}

function evidenceIn({ data }: RecordedText): Uuid | undefined {
  return parseUuid(objectIn(data).evidenceId);
}

/** The ticket after an event that is taken as it stands. Throws for what is no event of a ticket. */
export function foldAsItStands(before: Ticket | undefined, event: RecordedText): Ticket {
  const { type, schemaVersion, stream } = event;
  const ticketId = parseUuid(stream.slice(PREFIX.length));
  const at = parseInstant(event.at);
  if (!isTicketEventType(type) || !ticketId || !at) throw new Error(`event ${event.id} is no event of a ticket`);
  const { actor } = JSON.parse(event.metadata) as { readonly actor: { readonly id: string } };
  const fact = upcast(type, schemaVersion, JSON.parse(event.data) as JsonObject);
  return evolve(before, fact, { ticketId, revision: event.revision, at, by: actor.id });
}
