import type { Ticket } from '@dispatch/ticket';
import type { Queryable } from '../sql.js';
import type { ChecklistSource } from './projection.js';

export interface JobPacket {
  readonly ticket: Ticket;
  readonly checklist_source: ChecklistSource;
  readonly stale: boolean;
  /** The site as the directory states it; null when it does not. */
  readonly site: Readonly<Record<string, unknown>> | null;
  /** The event for which texts of its contacts were sealed; null where nothing is. */
  readonly sealed_by: string | null;
  /** The authorized requester of lowest escalation level; one without a level comes last. As it is kept: maybe sealed. */
  readonly contact: PacketContact | null;
  /** Its place among the site's contacts. */
  readonly contact_place: number | null;
}

export interface PacketContact {
  readonly name: string;
  readonly phone: string | null;
  readonly role: string | null;
}

/** One packet. Index (id), then (kind, id) of the directory. */
export async function findJobPacket(db: Queryable, ticketId: string): Promise<JobPacket | undefined> {
  const { rows } = await db.query<JobPacket>(
    `select p.ticket, p.checklist_source, p.stale or coalesce(s.stale, false) as stale, s.entity as site, s.sealed_by,
       onsite.contact, onsite.place as contact_place
     from dispatch_read.job_packet p
     left join dispatch_read.directory s on s.kind = 'site' and s.id = p.site_id
     left join lateral (
       select jsonb_build_object('name', c -> 'name', 'phone', c -> 'phone', 'role', c -> 'role') as contact,
         (place - 1)::integer as place
       from jsonb_array_elements(s.entity -> 'contacts') with ordinality as contacts (c, place)
       where (c ->> 'is_authorized_requester')::boolean
       order by (c ->> 'escalation_level')::numeric nulls last, place limit 1
     ) onsite on true
     where p.id = $1`,
    [ticketId],
  );
  return rows[0];
}
