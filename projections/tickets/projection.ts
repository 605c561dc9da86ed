import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact, Projection } from '@dispatch/projection';
import { evolve, type Ticket, type TicketEvent } from '@dispatch/ticket';
import { decodeTicketEvent, onEvery, stampOf, TICKET_STREAMS } from '../ticket-log.js';

/** A ticket in a list: what lists filter by, and the ticket for the answer. */
export interface TicketRow {
  readonly id: string;
  readonly account_id: string;
  readonly site_id: string;
  readonly state: string;
  readonly priority: string;
  readonly incident_type: string | null;
  readonly assigned_tech_id: string | null;
  readonly updated_at: string;
  /** Summary and description in lower case, as the search reads them. */
  readonly words: string;
  /** Without evidence, checklist and completion: no list shows them. */
  readonly ticket: Ticket;
}

const row = (ticket: Ticket): TicketRow => ({
  id: ticket.id,
  account_id: ticket.accountId,
  site_id: ticket.siteId,
  state: ticket.state,
  priority: ticket.priority,
  incident_type: ticket.incidentType,
  assigned_tech_id: ticket.assignedTechId,
  updated_at: ticket.updatedAt,
  words: `${ticket.summary}\n${ticket.description ?? ''}`.toLowerCase(),
  ticket: { ...ticket, evidence: [], checklist: null, completion: null },
});

/** List and search. */
export const tickets: Projection<TicketRow, TicketEvent> = {
  name: 'tickets',
  version: 1,
  sql: readFileSync(join(import.meta.dirname, 'table.sql'), 'utf8'),
  streams: TICKET_STREAMS,
  decode: decodeTicketEvent,
  begins: { TicketCreated: (fact) => row(evolve(undefined, fact.event, stampOf(fact))) },
  when: onEvery(({ ticket }: TicketRow, fact: Fact<TicketEvent>) => row(evolve(ticket, fact.event, stampOf(fact)))),
};
