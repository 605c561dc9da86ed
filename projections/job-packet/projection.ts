import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact, Projection } from '@dispatch/projection';
import { evolve, type Ticket, type TicketEvent } from '@dispatch/ticket';
import { decodeTicketEvent, onEvery, stampOf, TICKET_STREAMS } from '../ticket-log.js';

export type ChecklistSource = 'recorded_checklist' | 'latest_completion_attempt' | 'none_recorded';

/** All that a packet shows of its ticket; the closeout is judged from it when it is read. */
export interface JobPacketRow {
  readonly id: string;
  readonly site_id: string;
  /** Which event the ticket's checklist was last taken from. */
  readonly checklist_source: ChecklistSource;
  readonly ticket: Ticket;
}

const row = (ticket: Ticket, checklist_source: ChecklistSource): JobPacketRow => ({
  id: ticket.id,
  site_id: ticket.siteId,
  checklist_source,
  ticket,
});

function sourceAfter(before: ChecklistSource, { type }: TicketEvent): ChecklistSource {
  if (type === 'ChecklistRecorded') return 'recorded_checklist';
  return type === 'WorkCompleted' ? 'latest_completion_attempt' : before;
}

/** What a technician needs on site. */
export const jobPacket: Projection<JobPacketRow, TicketEvent> = {
  name: 'job_packet',
  version: 1,
  sql: readFileSync(join(import.meta.dirname, 'table.sql'), 'utf8'),
  streams: TICKET_STREAMS,
  decode: decodeTicketEvent,
  begins: { TicketCreated: (fact) => row(evolve(undefined, fact.event, stampOf(fact)), 'none_recorded') },
  when: onEvery(({ ticket, checklist_source }: JobPacketRow, fact: Fact<TicketEvent>) =>
    row(evolve(ticket, fact.event, stampOf(fact)), sourceAfter(checklist_source, fact.event)),
  ),
};
