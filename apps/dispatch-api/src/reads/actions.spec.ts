import { join } from 'node:path';
import type { Actor } from '@dispatch/access';
import { loadPolicy, type Policy } from '@dispatch/policy';
import { type CloseoutGap, parseUuid, STATES, type State } from '@dispatch/ticket';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { actionsBy, type ActionsOn, PACKET_ACTIONS, ROW_ACTIONS, type Subject } from './actions.js';

const uuid = (n: number) => {
  const id = parseUuid(`6f1c1a0e-0000-4000-8000-${String(n).padStart(12, '0')}`);
  if (!id) throw new Error('no UUID');
  return id;
};
const TECH = uuid(4);

let policy: Policy;
let actionsOn: ActionsOn;
beforeAll(async () => {
  policy = await loadPolicy(join(import.meta.dirname, '../../../../policy'));
  actionsOn = actionsBy(policy);
});

const subject = (parts: Partial<Subject> = {}): Subject => ({
  id: uuid(1),
  accountId: uuid(2),
  siteId: uuid(3),
  assignedTechId: TECH,
  state: 'NEW',
  priority: 'ROUTINE',
  ...parts,
});
const actor = (role: string, parts: Partial<Actor> = {}): Actor => ({
  id: `${role}-1`,
  role,
  type: 'HUMAN',
  accounts: '*',
  sites: '*',
  technicianId: undefined,
  ...parts,
});
const GAP: CloseoutGap = {
  requirement_code: 'MISSING_EVIDENCE',
  incident_type: 'DOOR_WONT_LATCH',
  template_version: '1.0.0',
  missing_evidence_keys: ['photo'],
  missing_checklist_keys: [],
  invalid_evidence_refs: [],
};

/** The code that keeps an action from being taken, by action. */
const codes = (actions: Readonly<Record<string, string>>, who: Actor, on: Subject) =>
  Object.fromEntries(
    actionsOn(actions, who, on).map(({ action_id, enabled, policy_error }) => {
      expect(enabled).toBe(policy_error === null);
      return [action_id, policy_error?.code ?? 'enabled'];
    }),
  );

test('an action tells its tool, and its endpoint with the id filled in', () => {
  const [propose] = actionsOn(ROW_ACTIONS, actor('dispatcher'), subject({ state: 'READY_TO_SCHEDULE' }));
  expect(propose).toEqual({
    action_id: 'schedule_propose',
    tool_name: 'schedule.propose',
    endpoint: `/tickets/${uuid(1)}/schedule/propose`,
    method: 'POST',
    mutating: true,
    enabled: true,
    policy_error: null,
  });
});

test('a refusal has the code, words, dimension and details that the command would be refused with', () => {
  const [propose] = actionsOn(ROW_ACTIONS, actor('dispatcher'), subject({ state: 'INVOICED' }));
  expect(propose?.policy_error).toEqual({
    code: 'INVALID_STATE_TRANSITION',
    message: expect.stringMatching(/\S/),
    dimension: 'state',
    from_state: 'INVOICED',
    to_state: 'SCHEDULE_PROPOSED',
    allowed_from_states: ['READY_TO_SCHEDULE'],
    available_tools: ['ticket.close'],
  });
});

describe('by state, for a dispatcher', () => {
  /** Where each command of a row may be given. */
  const FROM: Readonly<Record<string, readonly State[]>> = {
    schedule_propose: ['READY_TO_SCHEDULE'],
    schedule_confirm: ['SCHEDULE_PROPOSED'],
    dispatch_assignment: ['SCHEDULED'],
    open_timeline: STATES,
    open_technician_packet: STATES,
  };
  test.each(STATES)('a row in %s', (state) => {
    const expected = Object.fromEntries(
      Object.entries(FROM).map(([id, from]) => [id, from.includes(state) ? 'enabled' : 'INVALID_STATE_TRANSITION']),
    );
    expect(codes(ROW_ACTIONS, actor('dispatcher'), subject({ state }))).toEqual(expected);
  });

  test('only an emergency is dispatched from TRIAGED', () => {
    for (const [priority, code] of [
      ['EMERGENCY', 'enabled'],
      ['URGENT', 'INVALID_STATE_TRANSITION'],
      ['ROUTINE', 'INVALID_STATE_TRANSITION'],
    ] as const)
      expect(codes(ROW_ACTIONS, actor('dispatcher'), subject({ state: 'TRIAGED', priority }))).toMatchObject({
        dispatch_assignment: code,
      });
    const [, , dispatch] = actionsOn(ROW_ACTIONS, actor('dispatcher'), subject({ state: 'TRIAGED' }));
    expect(dispatch?.policy_error).toMatchObject({
      from_state: 'TRIAGED',
      to_state: 'DISPATCHED',
      allowed_from_states: ['SCHEDULED', 'TRIAGED'],
    });
  });
});

test('a row for every role: what the policy does not give it is FORBIDDEN', () => {
  const on = subject({ state: 'SCHEDULE_PROPOSED' });
  const off = 'FORBIDDEN';
  const row = (
    schedule_propose: string,
    schedule_confirm: string,
    dispatch_assignment: string,
    open_timeline: string,
    open_technician_packet: string,
  ) => ({ schedule_propose, schedule_confirm, dispatch_assignment, open_timeline, open_technician_packet });
  const wrongState = 'INVALID_STATE_TRANSITION';
  const expected: Readonly<Record<string, object>> = {
    dispatcher: row(wrongState, 'enabled', wrongState, 'enabled', 'enabled'),
    agent: row(wrongState, off, off, 'enabled', off),
    customer: row(off, 'enabled', off, 'enabled', off),
    tech: row(off, off, off, 'enabled', 'enabled'),
    qa: row(off, off, off, 'enabled', off),
    approver: row(off, off, off, 'enabled', off),
    finance: row(off, off, off, 'enabled', off),
    admin: row(off, off, off, 'enabled', off),
    auditor: row(off, off, off, 'enabled', off),
    stranger: row(off, off, off, off, off),
  };
  expect([...policy.roles, 'stranger'].sort()).toEqual(Object.keys(expected).sort());
  for (const [role, codesOfRole] of Object.entries(expected))
    expect([role, codes(ROW_ACTIONS, actor(role), on)]).toEqual([role, codesOfRole]);
});

describe('the packet', () => {
  const packet = (who: Actor, parts: Partial<Subject>) => codes(PACKET_ACTIONS, who, subject(parts));
  const reads = { open_timeline: 'enabled', open_evidence: 'enabled' };

  test('for a technician, before, at and after work', () => {
    const wrongState = 'INVALID_STATE_TRANSITION';
    const tech = actor('tech');
    expect(packet(tech, { state: 'DISPATCHED' })).toEqual({
      check_in: 'enabled',
      add_evidence: 'enabled',
      request_change: wrongState,
      complete_work: wrongState,
      ...reads,
    });
    expect(packet(tech, { state: 'IN_PROGRESS' })).toEqual({
      check_in: wrongState,
      add_evidence: 'enabled',
      request_change: 'enabled',
      complete_work: 'enabled',
      ...reads,
    });
    expect(packet(tech, { state: 'VERIFIED' })).toEqual({
      check_in: wrongState,
      add_evidence: wrongState,
      request_change: wrongState,
      complete_work: wrongState,
      ...reads,
    });
  });

  test('a dispatcher may do all but ask for a change', () => {
    expect(packet(actor('dispatcher'), { state: 'IN_PROGRESS' })).toMatchObject({
      add_evidence: 'enabled',
      request_change: 'FORBIDDEN',
      complete_work: 'enabled',
    });
  });

  test('the gate keeps work from being completed, and tells what is missing', () => {
    const actions = actionsOn(PACKET_ACTIONS, actor('tech'), subject({ state: 'IN_PROGRESS', gap: GAP }));
    expect(actions.find(({ action_id }) => action_id === 'complete_work')).toMatchObject({
      enabled: false,
      policy_error: { code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE', dimension: 'evidence', ...GAP },
    });
    expect(packet(actor('tech'), { state: 'IN_PROGRESS', gap: GAP })).toMatchObject({ request_change: 'enabled' });
  });

  test('role and scope come before the gate', () => {
    const on = { state: 'IN_PROGRESS', gap: GAP } as const;
    expect(packet(actor('qa'), on)).toMatchObject({ complete_work: 'FORBIDDEN' });
    expect(packet(actor('tech', { technicianId: uuid(9) }), on)).toMatchObject({ complete_work: 'FORBIDDEN_SCOPE' });
  });

  test('a technician of a token may read every packet in scope, and act on the own tickets', () => {
    const commands = ['check_in', 'add_evidence', 'request_change', 'complete_work'];
    const outside = { ...Object.fromEntries(commands.map((id) => [id, 'FORBIDDEN_SCOPE'])), ...reads };
    expect(packet(actor('tech', { technicianId: TECH }), { state: 'DISPATCHED' })).toMatchObject({
      check_in: 'enabled',
    });
    expect(packet(actor('tech', { technicianId: uuid(9) }), { state: 'DISPATCHED' })).toEqual(outside);
    expect(packet(actor('tech', { technicianId: TECH }), { state: 'NEW', assignedTechId: null })).toEqual(outside);
    const [checkIn] = actionsOn(PACKET_ACTIONS, actor('tech', { technicianId: uuid(9) }), subject());
    expect(checkIn?.policy_error).toMatchObject({
      dimension: 'scope',
      scope_field: 'technician_id',
      target_id: TECH,
    });
  });
});
