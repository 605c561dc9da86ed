import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { actor, type Api, at, outcomeOf, type Reply, startApi } from '../support/api.js';
import { DONE, EVIDENCE, groundOf, RESTING_STATES, type Tickets } from '../support/tickets.js';

let api: Api;
let tickets: Tickets;
let time = Date.UTC(2026, 2, 1, 8);
beforeAll(async () => {
  api = await startApi({ clock: () => time, readWaitMs: 30_000 });
  tickets = await groundOf(api);
});
afterAll(() => api.close());

const packetOf = async (id: string, as: Parameters<typeof actor>[0] | ReturnType<typeof actor> = 'tech') => {
  const { json, status, text } = await api.run('tech.job_packet', { id, as });
  if (status !== 200) throw new Error(text);
  return json;
};
const actionOf = (json: unknown, action_id: string): unknown => {
  const actions = at(json, 'packet.actions');
  return Array.isArray(actions) ? actions.find((action) => at(action, 'action_id') === action_id) : undefined;
};
const SIGNATURE = 'signature_or_no_signature_reason';

test('a new ticket, with every field', async () => {
  const contact = { phone: '1', role: 'owner', is_authorized_requester: true };
  await tickets.give('site.put', {
    id: tickets.siteId,
    body: {
      ...tickets.bodies['site.put'],
      access_instructions: 'ring twice',
      contacts: [
        { ...contact, name: 'second', escalation_level: 2 },
        { ...contact, name: 'first', escalation_level: 1 },
        { name: 'nobody', escalation_level: 0 },
      ],
    },
  });
  const id = await tickets.ticketIn('NEW');
  const { events } = Object((await api.run('ticket.timeline', { id })).json);
  expect(await packetOf(id, actor('technician', { 'x-technician-id': randomUUID() }))).toEqual({
    generated_at: new Date(time).toISOString(),
    actor: { actor_id: 'technician-1', actor_role: 'tech', actor_type: 'HUMAN', tool_name: 'tech.job_packet' },
    packet: {
      header: {
        ticket_id: id,
        priority: 'ROUTINE',
        incident_type: null,
        current_state: 'NEW',
        scheduled_window: { start: null, end: null },
        assigned_provider_id: null,
        assigned_tech_id: null,
      },
      site_and_access: {
        site_id: tickets.siteId,
        site_name: 'Pier 4',
        address: {
          address1: '4 Pier Road',
          address2: null,
          city: 'Oakland',
          region: null,
          postal_code: null,
          country: 'US',
        },
        timezone: 'America/Los_Angeles',
        access_instructions: 'ring twice',
        onsite_contact: { name: 'first', phone: '1', role: 'owner' },
      },
      work_scope: {
        summary: 'Shop door will not lock',
        customer_description: null,
        nte_cents: 0,
        authorized_scope_constraints: ['Not to exceed 0.00 USD'],
      },
      evidence_requirements: { template_version: null, required_evidence: [], evidence_items: [] },
      checklist: { required_items: [], source: 'none_recorded' },
      closeout_gate: {
        ready: false,
        code: 'TEMPLATE_NOT_FOUND',
        incident_type: null,
        template_version: null,
        missing_evidence_keys: [],
        missing_checklist_keys: [],
        invalid_evidence_refs: [],
        signature_satisfied: false,
        no_signature_reason: null,
      },
      timeline: { events, latest_events: events },
      actions: ['check_in', 'add_evidence', 'request_change', 'complete_work', 'open_timeline', 'open_evidence'].map(
        (action_id) => expect.objectContaining({ action_id }),
      ),
    },
  });
});

describe('the gate', () => {
  let id: string;
  let last: unknown;
  beforeAll(async () => {
    id = await tickets.ticketIn('IN_PROGRESS');
  });

  /** Completes without declaring anything new: what the gate speaks of. Refused, it changes nothing. */
  const complete = (): Promise<Reply> => tickets.give('tech.complete', { id, body: { checklist_status: {} } });

  /** The packet's gate and its complete_work, which say what tech.complete answers. */
  async function expectGate(code: string): Promise<void> {
    last = await packetOf(id);
    const refused = await complete();
    expect([refused.status, at(refused.json, 'error.requirement_code')]).toEqual([409, code]);
    const { requirement_code, incident_type, template_version, ...missing } = Object(at(refused.json, 'error'));
    const { missing_evidence_keys, missing_checklist_keys, invalid_evidence_refs } = missing;
    const lists = { missing_evidence_keys, missing_checklist_keys, invalid_evidence_refs };
    const gate = { incident_type, template_version, ...lists };
    expect(at(last, 'packet.closeout_gate')).toMatchObject({ ready: false, code, ...gate });
    expect(actionOf(last, 'complete_work')).toMatchObject({
      enabled: false,
      policy_error: {
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        message: at(refused.json, 'error.message'),
        dimension: 'evidence',
        requirement_code,
        ...gate,
      },
    });
  }

  test('opens as the requirements are met, in step with tech.complete', async () => {
    await expectGate('MISSING_SIGNATURE_CONFIRMATION');
    await tickets.give('closeout.add_evidence', { id, body: { kind: 'SIGNATURE', uri: 'ftp://elsewhere/a' } });
    await expectGate('INVALID_EVIDENCE_REFERENCE');
    const evidence = at(last, 'packet.evidence_requirements.evidence_items.0.id');
    await tickets.give('closeout.withdraw_evidence', { id, evidenceId: String(evidence) });
    await tickets.give('closeout.add_evidence', { id, body: { kind: 'SIGNATURE', uri: 's3://evidence/a' } });
    await expectGate('MISSING_REQUIREMENTS');
    expect(at(last, 'packet.closeout_gate.signature_satisfied')).toBe(true);
    expect(at(last, 'packet.checklist.source')).toBe('none_recorded');

    await tickets.give('closeout.record_checklist', { id, body: { items: DONE } });
    await expectGate('MISSING_EVIDENCE');
    expect(at(last, 'packet.checklist')).toEqual({
      required_items: expect.arrayContaining([{ key: 'work_performed', checked: true }]),
      source: 'recorded_checklist',
    });
    for (const evidence_key of EVIDENCE) {
      expect(at(last, 'packet.evidence_requirements.required_evidence')).toContainEqual({
        key: evidence_key,
        present: false,
      });
      await tickets.give('closeout.add_evidence', {
        id,
        body: { kind: 'PHOTO', uri: 's3://evidence/b', evidence_key },
      });
      last = await packetOf(id);
    }
    expect(at(last, 'packet.evidence_requirements.required_evidence')).toEqual(
      expect.arrayContaining([...EVIDENCE, SIGNATURE].map((key) => ({ key, present: true }))),
    );
    expect(at(last, 'packet.closeout_gate')).toMatchObject({ ready: true, code: null });
    expect(actionOf(last, 'complete_work')).toMatchObject({ enabled: true, policy_error: null });

    expect(outcomeOf(await complete())).toBe('200');
    last = await packetOf(id);
    expect(at(last, 'packet.checklist.source')).toBe('latest_completion_attempt');
    expect(actionOf(last, 'complete_work')).toMatchObject({
      enabled: false,
      policy_error: { code: 'INVALID_STATE_TRANSITION', dimension: 'state' },
    });
    const { events, latest_events } = Object(at(last, 'packet.timeline'));
    expect(events).toEqual(at((await api.run('ticket.timeline', { id })).json, 'events'));
    expect(events.length).toBeGreaterThan(10);
    expect(latest_events).toEqual(events.slice(-10));
  });
});

const COMMANDS = {
  check_in: 'tech.check_in',
  add_evidence: 'closeout.add_evidence',
  request_change: 'tech.request_change',
} as const;

test.each(RESTING_STATES)('what a packet in %s offers to a role is what its commands accept', async (state) => {
  for (const role of ['tech', 'dispatcher']) {
    const id = await tickets.ticketIn(state);
    const packet = await packetOf(id, role);
    const offered = (action: string) => at(actionOf(packet, action), 'policy_error.code') ?? null;
    const refusedFirst = Object.entries(COMMANDS).sort(([a], [b]) => (offered(a) ? 0 : 1) - (offered(b) ? 0 : 1));
    // Evidence leaves the state as it is, so it comes before the one that changes it.
    refusedFirst.sort(([a], [b]) => (a === 'add_evidence' ? -1 : b === 'add_evidence' ? 1 : 0));
    for (const [action, tool] of refusedFirst) {
      const { json } = await api.run(tool, { id, as: role, body: tickets.bodies[tool] });
      expect([role, action, at(json, 'error.code') ?? null]).toEqual([role, action, offered(action)]);
    }
    for (const action of ['open_timeline', 'open_evidence']) {
      const path = String(at(actionOf(packet, action), 'endpoint'));
      expect([action, offered(action), (await api.call({ method: 'GET', path, as: role })).status]).toEqual([
        action,
        null,
        200,
      ]);
    }
  }
});

describe('who may see it', () => {
  test('roles', async () => {
    const id = await tickets.ticketIn('NEW');
    for (const role of api.policy.roles)
      expect([role, outcomeOf(await api.run('tech.job_packet', { id, as: role }))]).toEqual([
        role,
        ['tech', 'dispatcher'].includes(role) ? '200' : '403 FORBIDDEN',
      ]);
  });

  test('scope, existence and the id', async () => {
    const id = await tickets.ticketIn('NEW');
    for (const header of ['x-account-scope', 'x-site-scope']) {
      const as = actor('tech', { [header]: randomUUID() });
      expect(outcomeOf(await api.run('tech.job_packet', { id, as }))).toBe('403 FORBIDDEN_SCOPE');
    }
    expect(outcomeOf(await api.run('tech.job_packet', { id: randomUUID() }))).toBe('404 TICKET_NOT_FOUND');
    expect(outcomeOf(await api.run('tech.job_packet', { id: tickets.siteId }))).toBe('404 TICKET_NOT_FOUND');
    expect(outcomeOf(await api.run('tech.job_packet', { id: '7' }))).toBe('400 INVALID_TICKET_ID');
    expect(outcomeOf(await api.run('tech.job_packet', { id, query: 'limit=1' }))).toBe('400 INVALID_QUERY');
    expect(outcomeOf(await api.run('tech.job_packet', { id: id.toUpperCase() }))).toBe('200');
  });

  test('a technician of a token sees the job of another, and may only read there', async () => {
    const id = await tickets.ticketIn('DISPATCHED');
    const offered = async (technician: string) => {
      const json = await packetOf(id, actor('tech', { 'x-technician-id': technician }));
      return at(actionOf(json, 'check_in'), 'policy_error') ?? null;
    };
    expect(await offered(tickets.techId)).toBeNull();
    expect(await offered(randomUUID())).toMatchObject({
      code: 'FORBIDDEN_SCOPE',
      dimension: 'scope',
      scope_field: 'technician_id',
      target_id: tickets.techId,
    });
  });
});

test('a site that is stated anew shows at once', async () => {
  const other = await groundOf(api);
  const id = await other.ticketIn('NEW');
  time += 1_000;
  await other.give('site.put', { id: other.siteId, body: { ...other.bodies['site.put'], name: 'Pier 5' } });
  expect(at(await packetOf(id), 'packet.site_and_access.site_name')).toBe('Pier 5');
});
