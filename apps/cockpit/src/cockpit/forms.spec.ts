import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { PagePolicy, Ticket } from '../api/answers.js';
import { asked, bodyOf, changesOf, type Form, FORMS, formOf, type Given, initialValues, wrongFrom } from './forms.js';

const ticket = {
  id: 't',
  state: 'TRIAGED',
  priority: 'EMERGENCY',
  incident_type: 'DOOR_WONT_LATCH',
  nte_cents: 250_000,
  scheduled_start: null,
  scheduled_end: null,
  assigned_tech_id: 'a1',
  pending_approval: { id: 'p1' },
} as unknown as Ticket;
const policy = {
  priorities: ['EMERGENCY'],
  tools: [],
  templates: [],
  emergency_bypass: { manager_confirmation_required: false },
  choices: { override_types: ['reassign_tech', 'reassign_provider'] },
} as unknown as PagePolicy;
const given: Given = {
  ticket,
  policy,
  technicians: [],
  sites: [{ id: 's1', account_id: 'c1' } as Given['sites'][number]],
  zone: 'America/Los_Angeles',
};
const form = (id: string): Form => FORMS[id] as Form;
const filled = (id: string, values: Record<string, string>, as: Given = given) =>
  bodyOf(form(id), { ...initialValues(form(id), as), ...values }, as, form(id).fixed?.(as, 'NOW') ?? {});

describe('forms', () => {
  it('are of tools that the policy has', () => {
    const tools = (JSON.parse(readFileSync('policy/tools.json', 'utf8')) as { tools: { tool: string }[] }).tools;
    const names = tools.map(({ tool }) => tool);
    expect(names).toEqual(expect.arrayContaining(Object.values(FORMS).map(({ tool }) => tool)));
  });

  it('send cents, and what was there before', () => {
    expect(filled('ticket.triage', { nte_cents: '$2,500.50', risk_flags: 'dog\n\n ladder ' }).body).toEqual({
      priority: 'EMERGENCY',
      incident_type: 'DOOR_WONT_LATCH',
      workflow_outcome: 'READY_TO_SCHEDULE',
      nte_cents: 250_050,
      risk_flags: ['dog', 'ladder'],
    });
  });

  it('send instants of the site, in lists', () => {
    const values = { 'options.0.start': '2026-11-25T09:00', 'options.0.end': '2026-11-25T11:00' };
    expect(filled('schedule.propose', values).body).toEqual({
      options: [{ start: '2026-11-25T17:00:00.000Z', end: '2026-11-25T19:00:00.000Z' }],
    });
  });

  it.each([
    ['2026-11-25T08:00', 'options.0.end'],
    ['', 'options.0.end'],
    ['soon', 'options.0.end'],
  ])('refuse an end of %j', (end, field) => {
    const { wrong } = filled('schedule.propose', { 'options.0.start': '2026-11-25T09:00', 'options.0.end': end });
    expect(Object.keys(wrong ?? {})).toEqual([field]);
  });

  it('take the account of a new ticket from its site', () => {
    expect(filled('ticket.create', { site_id: 's1', summary: ' Door ' }).body).toEqual({
      site_id: 's1',
      account_id: 'c1',
      summary: 'Door',
    });
  });

  it('bypass the schedule from TRIAGED alone, and ask for a manager where the policy does', () => {
    expect([formOf('assignment.dispatch', 'TRIAGED'), formOf('assignment.dispatch', 'SCHEDULED')]).toEqual([
      'emergency_bypass',
      'assignment.dispatch',
    ]);
    const values = { tech_id: 'a2', reason: 'Water is coming in' };
    expect(filled('emergency_bypass', values).body).toEqual({ ...values, dispatch_mode: 'EMERGENCY_BYPASS' });
    const strict = { ...given, policy: { ...policy, emergency_bypass: { manager_confirmation_required: true } } };
    expect(filled('emergency_bypass', values, strict).wrong).toHaveProperty(['manager_confirmation.manager_id']);
    expect(
      filled('emergency_bypass', { ...values, 'manager_confirmation.manager_id': 'm' }, strict).body,
    ).toMatchObject({
      manager_confirmation: { manager_id: 'm' },
    });
  });

  it('send no field that is not asked for', () => {
    const failed = { result: 'FAIL', notes: 'Strike plate is loose', return_to_work: 'yes' };
    expect(filled('qa.verify', failed).body).toEqual({ ...failed, return_to_work: true, timestamp: 'NOW' });
    expect(filled('qa.verify', { ...failed, result: 'PASS' }).body).toEqual({
      result: 'PASS',
      notes: failed.notes,
      timestamp: 'NOW',
    });
    expect(filled('qa.verify', { result: 'FAIL' }).wrong).toHaveProperty('notes');
  });

  it('decide the approval that was seen, and hold reasons long enough', () => {
    expect(filled('approval.decide', { decision: 'APPROVED' }).body).toEqual({
      approval_id: 'p1',
      decision: 'APPROVED',
    });
    expect(filled('ticket.cancel', { reason: 'short' }).wrong).toEqual({ reason: 'At least 10 characters.' });
  });

  it('put the service’s words beside their fields', () => {
    const fields = [
      { field: 'options[1].end', message: 'after start' },
      { field: 'options', message: 'too many' },
      { field: 'unknown', message: 'no' },
    ];
    expect(wrongFrom({ fields }, form('schedule.propose'))).toEqual({
      'options.1.end': 'after start',
      'options.0.start': 'too many',
      '': 'no',
    });
  });

  it('show a technician before and after', () => {
    const reassign = form('assignment.reassign');
    const values = { ...initialValues(reassign, given), tech_id: 'b2' };
    expect(reassign.compare?.(values, given)).toEqual([['Technician', 'a1', 'b2']]);
    expect(asked(reassign, values, given).map(({ name }) => name)).not.toContain('provider_id');
  });

  it('say what somebody else changed', () => {
    expect(changesOf(ticket, { ...ticket, state: 'ON_HOLD', nte_cents: 1 }, 'UTC')).toEqual([
      'State: Triaged → On hold',
      'Not to exceed: 2500.00 → 0.01',
    ]);
    expect(changesOf(ticket, ticket, 'UTC')).toHaveLength(1);
  });
});
