import type { Json, JsonObject } from '@dispatch/event-store';
import { type Approval, type Evidence, pendingApproval, type Ticket } from '@dispatch/ticket';

/** The ticket as the contract shows it (section 4), in its order. Answers are repeated byte for byte from this. */
export const ticketBody = (ticket: Ticket): JsonObject => {
  const pending = pendingApproval(ticket);
  return {
    id: ticket.id,
    account_id: ticket.accountId,
    site_id: ticket.siteId,
    asset_id: ticket.assetId,
    state: ticket.state,
    priority: ticket.priority,
    incident_type: ticket.incidentType,
    summary: ticket.summary,
    description: ticket.description,
    nte_cents: ticket.nteCents,
    currency: ticket.currency,
    risk_flags: ticket.riskFlags,
    scheduled_start: ticket.window?.start ?? null,
    scheduled_end: ticket.window?.end ?? null,
    schedule_options: ticket.scheduleOptions.map(({ start, end }) => ({ start, end })),
    assigned_provider_id: ticket.assignedProviderId,
    assigned_tech_id: ticket.assignedTechId,
    pending_approval: pending ? approvalBody(pending) : null,
    version: ticket.version,
    created_at: ticket.createdAt,
    updated_at: ticket.updatedAt,
  };
};

export const approvalBody = ({ id, status, type, amountDeltaCents, reason, requestedAt }: Approval): JsonObject => ({
  id,
  status,
  approval_type: type,
  amount_delta_cents: amountDeltaCents,
  reason,
  requested_at: requestedAt,
});

export const evidenceBody = (ticket: Ticket, item: Evidence): JsonObject => ({
  id: item.id,
  ticket_id: ticket.id,
  kind: item.kind,
  uri: item.uri,
  checksum: item.checksum,
  metadata: item.evidenceKey === null ? item.metadata : { ...item.metadata, evidence_key: item.evidenceKey },
  withdrawn: item.withdrawn,
  created_by: item.createdBy,
  created_at: item.createdAt,
});

/** Fields whose keys are the sender's own words. */
const OPEN = new Set(['metadata', 'location', 'checklist', 'items']);

/** An event's facts in the wire's spelling. */
export function factsBody(facts: object): JsonObject {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]: [string, Json]) => [
      snakeCase(key),
      OPEN.has(key) ? value : factsValue(value),
    ]),
  );
}

function factsValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(factsValue);
  return value !== null && typeof value === 'object' ? factsBody(value) : value;
}

const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
