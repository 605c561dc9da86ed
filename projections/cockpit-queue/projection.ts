import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact, Projection } from '@dispatch/projection';
import type { TicketEvent } from '@dispatch/ticket';
import { advanced, type Clocked, opened } from '../clock.js';
import { decodeTicketEvent, onEvery, TICKET_STREAMS } from '../ticket-log.js';

/** A ticket as the dispatcher's queue shows it. */
export interface CockpitRow extends Clocked {
  readonly ticket_id: string;
  readonly account_id: string;
  readonly site_id: string;
  readonly incident_type: string | null;
  readonly summary: string;
  readonly assigned_tech_id: string | null;
  /**
   * Milliseconds by which tickets of one priority and clock are ordered, least time left first. The priority's target
   * plus this is the time left; for a running clock, less the epoch milliseconds of the reader's now.
   */
  readonly left_ms: number;
}

const leftMs = ({ sla_from, sla_at }: Clocked): number =>
  Date.parse(sla_from) - (sla_at === null ? 0 : Date.parse(sla_at));

type Shown = Pick<CockpitRow, 'incident_type' | 'assigned_tech_id'>;

function shown({ incident_type, assigned_tech_id }: CockpitRow, event: TicketEvent): Shown {
  if (event.type === 'TicketTriaged') return { incident_type: event.data.incidentType, assigned_tech_id };
  if (event.type === 'ScheduleReleased') return { incident_type, assigned_tech_id: null };
  if (event.type === 'TechnicianDispatched' || event.type === 'AssignmentChanged')
    return { incident_type, assigned_tech_id: event.data.techId };
  return { incident_type, assigned_tech_id };
}

/** The dispatcher's queue. */
export const cockpitQueue: Projection<CockpitRow, TicketEvent> = {
  name: 'cockpit_queue',
  version: 2,
  sql: readFileSync(join(import.meta.dirname, 'table.sql'), 'utf8'),
  streams: TICKET_STREAMS,
  decode: decodeTicketEvent,
  begins: {
    TicketCreated: (fact) => {
      const clocked = opened(fact);
      return {
        ...clocked,
        left_ms: leftMs(clocked),
        ticket_id: fact.id,
        account_id: fact.event.data.accountId,
        site_id: fact.event.data.siteId,
        incident_type: null,
        summary: fact.event.data.summary,
        assigned_tech_id: null,
      };
    },
  },
  when: onEvery((row: CockpitRow, fact: Fact<TicketEvent>) => {
    const clocked = advanced(row, fact);
    const { incident_type, assigned_tech_id } = shown(row, fact.event);
    return {
      ...clocked,
      left_ms: leftMs(clocked),
      ticket_id: row.ticket_id,
      account_id: row.account_id,
      site_id: row.site_id,
      incident_type,
      summary: row.summary,
      assigned_tech_id,
    };
  }),
};
