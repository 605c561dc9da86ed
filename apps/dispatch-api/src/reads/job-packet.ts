import { evidenceBody } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import type { Vault } from '@dispatch/privacy';
import type { JobPacket } from '@dispatch/projections';
import { contactsIn, openedEntities } from '../directory/opened.js';
import { judgeCloseout, presentEvidence, SIGNATURE_KEY, type Ticket, type Uuid } from '@dispatch/ticket';

/** The closeout as tech.complete would judge it now, if it declared nothing beyond the recorded checklist. */
export function closeoutOf(ticket: Ticket, policy: Policy, schemes: readonly string[], absent: readonly Uuid[] = []) {
  const checklist = ticket.checklist?.items ?? {};
  const noSignatureReason = ticket.checklist?.noSignatureReason ?? null;
  const declared = { checklist, noSignatureReason, evidenceRefs: null };
  const judged = judgeCloseout(ticket, declared, policy.template, schemes, absent);
  const template = ticket.incidentType === null ? undefined : policy.template(ticket.incidentType);
  const gap = 'gap' in judged ? judged.gap : undefined;
  return { gap, template, checklist, noSignatureReason, present: presentEvidence(ticket, declared, schemes, absent) };
}

export type JudgedCloseout = ReturnType<typeof closeoutOf>;

/** The closeout of a ticket as a page shows it. */
export type ShowCloseout = (ticket: Ticket) => Promise<JudgedCloseout>;

/** The packet with its contact as it may be shown. */
export async function openedPacket(vault: Vault, packet: JobPacket): Promise<JobPacket> {
  const { site, sealed_by: sealedBy, contact_place: place } = packet;
  if (site === null || sealedBy === null || place === null) return packet;
  const [entity = {}] = await openedEntities(vault, [{ entity: site, sealedBy }]);
  const contact = contactsIn(entity)[place];
  const text = (name: string) => (typeof contact?.[name] === 'string' ? contact[name] : null);
  return { ...packet, contact: { name: text('name') ?? '', phone: text('phone'), role: text('role') } };
}

/** The packet's parts that follow from the read model alone. */
export function packetBody(packet: JobPacket, closeout: JudgedCloseout) {
  const { ticket } = packet;
  const { template, checklist, present } = closeout;
  return {
    header: {
      ticket_id: ticket.id,
      priority: ticket.priority,
      incident_type: ticket.incidentType,
      current_state: ticket.state,
      scheduled_window: { start: ticket.window?.start ?? null, end: ticket.window?.end ?? null },
      assigned_provider_id: ticket.assignedProviderId,
      assigned_tech_id: ticket.assignedTechId,
    },
    site_and_access: siteBody(packet),
    work_scope: {
      summary: ticket.summary,
      customer_description: ticket.description,
      nte_cents: ticket.nteCents,
      authorized_scope_constraints: constraintsOn(ticket),
    },
    evidence_requirements: {
      template_version: template?.version ?? null,
      required_evidence: (template?.evidenceKeys ?? []).map((key) => ({ key, present: present(key) })),
      evidence_items: ticket.evidence.map((item) => evidenceBody(ticket, item)),
    },
    checklist: {
      required_items: (template?.checklistKeys ?? []).map((key) => ({ key, checked: checklist[key] === true })),
      source: packet.checklist_source,
    },
    closeout_gate: gateBody(ticket, closeout),
  };
}

function siteBody({ ticket, site, contact }: JobPacket) {
  const text = (field: string): string | null => {
    const value = site?.[field];
    return typeof value === 'string' ? value : null;
  };
  return {
    site_id: ticket.siteId,
    site_name: text('name'),
    address: {
      address1: text('address1'),
      address2: text('address2'),
      city: text('city'),
      region: text('region'),
      postal_code: text('postal_code'),
      country: text('country'),
    },
    timezone: text('timezone'),
    access_instructions: text('access_instructions'),
    onsite_contact: contact && { name: contact.name, phone: contact.phone, role: contact.role },
  };
}

/** What the customer has authorised and what not, in sentences for the one who does the work. */
function constraintsOn({ nteCents, currency, approvals }: Ticket): readonly string[] {
  const money = (cents: number) => `${(cents / 100).toFixed(2)} ${currency}`;
  const verdict = { PENDING: 'Not decided yet', APPROVED: 'Approved', DENIED: 'Denied' } as const;
  return [
    `Not to exceed ${money(nteCents)}`,
    ...approvals.map(({ status, type, reason, amountDeltaCents }) => {
      const amount = amountDeltaCents > 0 ? ` over ${money(amountDeltaCents)}` : '';
      return `${verdict[status]}: ${type}${amount}${reason === null ? '' : `, ${reason}`}`;
    }),
  ];
}

function gateBody({ incidentType }: Ticket, { gap, template, present, noSignatureReason }: JudgedCloseout) {
  return {
    ready: gap === undefined,
    code: gap?.requirement_code ?? null,
    incident_type: incidentType,
    template_version: template?.version ?? null,
    missing_evidence_keys: gap?.missing_evidence_keys ?? [],
    missing_checklist_keys: gap?.missing_checklist_keys ?? [],
    invalid_evidence_refs: gap?.invalid_evidence_refs ?? [],
    signature_satisfied: present(SIGNATURE_KEY),
    no_signature_reason: noSignatureReason,
  };
}
