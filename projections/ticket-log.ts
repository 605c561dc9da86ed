import type { Fact, Projection } from '@dispatch/projection';
import {
  isTicketEventType,
  type Later,
  parseInstant,
  parseUuid,
  type Stamp,
  type TicketEvent,
  upcast,
} from '@dispatch/ticket';

/** The streams that every projection of tickets follows. */
export const TICKET_STREAMS = ['ticket-'] as const;

/** An event of a ticket's stream in today's shape. Throws for what a newer release wrote. */
export const decodeTicketEvent: Projection<object, TicketEvent>['decode'] = ({ id, type, schemaVersion, data }) => {
  if (!isTicketEventType(type)) throw new Error(`event ${id}: this release knows no ${type}`);
  return upcast(type, schemaVersion, data);
};

/** What `evolve` takes from the envelope. Throws where the stream or the time is not one of a ticket. */
export function stampOf({ id, at, revision, metadata }: Fact<TicketEvent>): Stamp {
  const ticketId = parseUuid(id);
  const instant = parseInstant(at);
  if (!ticketId || !instant) throw new Error('the event is not one of a ticket');
  return { ticketId, revision, at: instant, by: actorOf(metadata) };
}

function actorOf({ actor }: Fact<TicketEvent>['metadata']): string {
  if (actor !== null && typeof actor === 'object' && 'id' in actor && typeof actor.id === 'string') return actor.id;
  throw new Error('the event does not say who made it');
}

/** The same fold for every event but the first. An event that is missing here does not compile. */
export const onEvery = <F>(fold: F): Readonly<Record<Later, F>> => ({
  InfoRequested: fold,
  TicketTriaged: fold,
  ScheduleProposed: fold,
  ScheduleConfirmed: fold,
  ScheduleReleased: fold,
  TechnicianDispatched: fold,
  AssignmentChanged: fold,
  TechnicianCheckedIn: fold,
  ChangeRequested: fold,
  ApprovalDecided: fold,
  WorkHeld: fold,
  WorkResumed: fold,
  EvidenceAdded: fold,
  EvidenceWithdrawn: fold,
  ChecklistRecorded: fold,
  WorkCompleted: fold,
  WorkVerified: fold,
  VerificationFailed: fold,
  InvoiceGenerated: fold,
  TicketClosed: fold,
  TicketCancelled: fold,
});
