import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PRIORITIES, rules, STATES, type State } from '@dispatch/ticket';
import { loadPolicy } from './load.js';
import { type Policy, policyFrom } from './policy.js';

const EVERYONE = 'dispatcher agent customer tech qa approver finance admin auditor';
const BEFORE_COMPLETED =
  'NEW NEEDS_INFO TRIAGED APPROVAL_REQUIRED READY_TO_SCHEDULE SCHEDULE_PROPOSED SCHEDULED DISPATCHED ON_SITE IN_PROGRESS ON_HOLD';
const BEFORE_VERIFIED = `${BEFORE_COMPLETED} COMPLETED_PENDING_VERIFICATION`;

/** The contract's table, written down a second time so that a slip in policy/ is seen. */
const TABLE = `
ticket.create             | POST /tickets | dispatcher agent | | NEW
ticket.request_info       | POST /tickets/{id}/request-info | dispatcher agent | NEW | NEEDS_INFO
ticket.triage             | POST /tickets/{id}/triage | dispatcher agent | NEW NEEDS_INFO TRIAGED | TRIAGED READY_TO_SCHEDULE APPROVAL_REQUIRED
schedule.propose          | POST /tickets/{id}/schedule/propose | dispatcher agent | READY_TO_SCHEDULE | SCHEDULE_PROPOSED
schedule.confirm          | POST /tickets/{id}/schedule/confirm | dispatcher customer | SCHEDULE_PROPOSED | SCHEDULED
schedule.reschedule       | POST /tickets/{id}/schedule/reschedule | dispatcher customer | SCHEDULED DISPATCHED | READY_TO_SCHEDULE
assignment.dispatch       | POST /tickets/{id}/assignment/dispatch | dispatcher | SCHEDULED TRIAGED | DISPATCHED
assignment.reassign       | POST /tickets/{id}/assignment/reassign | dispatcher | DISPATCHED IN_PROGRESS ON_HOLD |
tech.check_in             | POST /tickets/{id}/tech/check-in | tech dispatcher | DISPATCHED | IN_PROGRESS | ON_SITE
tech.request_change       | POST /tickets/{id}/tech/request-change | tech | IN_PROGRESS | APPROVAL_REQUIRED
approval.decide           | POST /tickets/{id}/approval/decide | approver dispatcher | APPROVAL_REQUIRED | READY_TO_SCHEDULE IN_PROGRESS TRIAGED
work.hold                 | POST /tickets/{id}/work/hold | tech dispatcher | IN_PROGRESS | ON_HOLD
work.resume               | POST /tickets/{id}/work/resume | tech dispatcher | ON_HOLD | IN_PROGRESS READY_TO_SCHEDULE
closeout.add_evidence     | POST /tickets/{id}/evidence | dispatcher agent tech | ${BEFORE_VERIFIED} |
closeout.withdraw_evidence | POST /tickets/{id}/evidence/{evidenceId}/withdraw | dispatcher tech | ${BEFORE_VERIFIED} |
closeout.record_checklist | POST /tickets/{id}/checklist | tech dispatcher | IN_PROGRESS |
tech.complete             | POST /tickets/{id}/tech/complete | tech dispatcher | IN_PROGRESS | COMPLETED_PENDING_VERIFICATION
qa.verify                 | POST /tickets/{id}/qa/verify | qa dispatcher | COMPLETED_PENDING_VERIFICATION | VERIFIED COMPLETED_PENDING_VERIFICATION IN_PROGRESS
billing.generate_invoice  | POST /tickets/{id}/billing/generate-invoice | finance | VERIFIED | INVOICED
ticket.close              | POST /tickets/{id}/close | finance dispatcher | INVOICED | CLOSED
ticket.cancel             | POST /tickets/{id}/cancel | dispatcher | ${BEFORE_COMPLETED} | CANCELLED
ticket.get                | GET /tickets/{id} | ${EVERYONE}
ticket.list               | GET /tickets | dispatcher agent qa approver finance admin auditor
ticket.timeline           | GET /tickets/{id}/timeline | ${EVERYONE}
closeout.list_evidence    | GET /tickets/{id}/evidence | dispatcher agent tech qa approver finance admin auditor
dispatcher.cockpit        | GET /ux/dispatcher/cockpit | dispatcher
tech.job_packet           | GET /ux/technician/job-packet/{id} | tech dispatcher`;

const DIRECTORY = `
account.put     | PUT /accounts/{id}
account.get     | GET /accounts/{id}
account.list    | GET /accounts
site.put        | PUT /sites/{id}
site.get        | GET /sites/{id}
site.list       | GET /sites
technician.put  | PUT /technicians/{id}
technician.get  | GET /technicians/{id}
technician.list | GET /technicians`;

const AUDIT = `
audit.checkpoint        | GET /audit/checkpoint
audit.keys              | GET /audit/keys
audit.prove_event       | GET /audit/proof/event/{id}
audit.prove_consistency | GET /audit/proof/consistency
audit.denied            | GET /audit/denied`;

const TEMPLATES: Readonly<Record<string, string>> = {
  DOOR_WONT_LATCH: 'photo_before_door_edge_and_strike photo_after_latched_alignment note_adjustments_and_test_cycles',
  CLOSER_LEAKING_OR_SLAMMING:
    'photo_before_closer_body photo_after_closer_or_adjustment note_sweep_and_latch_speed_settings',
  AUTO_OPERATOR_FAULT: 'photo_before_operator_and_sensors photo_after_operator_and_sensors note_cycle_and_sensor_tests',
  CANNOT_SECURE_ENTRY:
    'photo_before_security_risk photo_after_temporary_or_permanent_securement note_risk_mitigation_and_customer_handoff',
  HARDWARE_REPLACEMENT:
    'photo_before_failed_hardware photo_after_installed_hardware note_part_numbers_and_function_test',
  FRAME_OR_GLASS_DAMAGE:
    'photo_before_damage_extent photo_after_repair_or_board_up note_safety_actions_and_follow_up_scope',
};

const words = (text = ''): readonly string[] => text.split(' ').filter((word) => word !== '');
const cells = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));

let policy: Policy;
beforeAll(async () => {
  policy = await loadPolicy(join(import.meta.dirname, '../../../policy'));
});

describe('the shipped policy', () => {
  test('holds the contract’s tools, row by row', () => {
    const expected = cells(TABLE).map(([tool, endpoint, roles, from, to, through]) => ({
      tool,
      endpoint,
      roles: words(roles),
      mutating: endpoint?.startsWith('POST'),
      from: words(from),
      to: words(to),
      through: words(through),
    }));
    expect(
      policy.tools.map(({ method, path, title: _, ...row }) => ({ ...row, endpoint: `${method} ${path}` })),
    ).toEqual(expected);
    expect(new Set(policy.tools.map(({ title }) => title)).size).toBe(expected.length);
  });

  test('holds the directory’s tools', () => {
    expect(policy.directory).toEqual(
      cells(DIRECTORY).map(([tool, endpoint = '']) => ({
        tool,
        method: endpoint.split(' ')[0],
        path: endpoint.split(' ')[1],
        roles: ['admin', 'dispatcher'],
        mutating: endpoint.startsWith('PUT'),
      })),
    );
  });

  test('holds the audit’s tools', () => {
    expect(policy.audit).toEqual(
      cells(AUDIT).map(([tool, endpoint = '']) => ({
        tool,
        method: 'GET',
        path: endpoint.split(' ')[1],
        roles: ['admin', 'auditor'],
        mutating: false,
      })),
    );
  });

  test('a set of the time before the audit had tools is a policy still, and has none of them', () => {
    const { audit: _, ...before } = policy.set;
    expect(policyFrom(before)).toMatchObject({ set: before, audit: [] });
    expect(policyFrom(before).allows('auditor', 'audit.checkpoint')).toBe(false);
    expect(policyFrom(policy.set).version).toBe(policy.version);
  });

  test('has a command tool for each rule, and for ticket.create', () => {
    const commands = policy.tools.filter(({ mutating }) => mutating).map(({ tool }) => tool);
    expect(new Set(commands)).toEqual(new Set(['ticket.create', ...Object.keys(rules)]));
  });

  test('has the roles and aliases', () => {
    expect(policy.roles).toEqual(words(EVERYONE));
    expect(['assistant', 'bot', 'technician', 'qa', 'constructor', '__proto__'].map(policy.canonicalRole)).toEqual([
      'dispatcher',
      'dispatcher',
      'tech',
      'qa',
      'constructor',
      '__proto__',
    ]);
  });

  test('has the closeout templates', () => {
    expect(policy.templates).toEqual(
      Object.entries(TEMPLATES).map(([incidentType, keys]) => ({
        incidentType,
        version: '1.0.0',
        evidenceKeys: [...words(keys), 'signature_or_no_signature_reason'],
        checklistKeys: words(
          'work_performed parts_used_or_needed resolution_status onsite_photos_after billing_authorization',
        ),
      })),
    );
    for (const template of policy.templates) expect(policy.template(template.incidentType)).toBe(template);
  });

  test('has the SLA', () => {
    expect(policy.sla).toEqual({ targetMinutes: { EMERGENCY: 60, URGENT: 240, ROUTINE: 1440 }, warningMinutes: 30 });
    expect(Object.keys(policy.sla.targetMinutes)).toEqual([...PRIORITIES]);
  });

  test('has the life of a ticket', () => {
    const { states, initial, terminal, delayAttribution, slaClock } = policy.lifecycle;
    const having = (table: Readonly<Record<State, string>>, value: string) =>
      STATES.filter((one) => table[one] === value);
    expect({ states, initial, terminal }).toEqual({
      states: STATES,
      initial: 'NEW',
      terminal: ['CLOSED', 'CANCELLED'],
    });
    expect(having(delayAttribution, 'customer')).toEqual(['NEEDS_INFO', 'APPROVAL_REQUIRED']);
    expect(having(delayAttribution, 'provider')).toEqual(
      words('SCHEDULED DISPATCHED ON_SITE IN_PROGRESS ON_HOLD COMPLETED_PENDING_VERIFICATION'),
    );
    expect(having(delayAttribution, 'unknown')).toHaveLength(8);
    expect(having(slaClock, 'paused')).toEqual(['ON_HOLD']);
    expect(having(slaClock, 'stopped')).toEqual(
      words('COMPLETED_PENDING_VERIFICATION VERIFIED INVOICED CLOSED CANCELLED'),
    );
    expect(having(slaClock, 'running')).toHaveLength(10);
  });

  test('lets a dispatcher confirm any window, and asks no manager', () => {
    expect([...policy.roles, 'bot', 'constructor'].filter(policy.mayOperate)).toEqual(['admin', 'auditor']);
    expect([...policy.roles, 'bot', 'constructor'].filter(policy.mayRebuild)).toEqual(['admin']);
    expect(['dispatcher', 'bot', 'customer', 'constructor'].filter(policy.mayConfirmAnyWindow)).toEqual([
      'dispatcher',
      'bot',
    ]);
    expect(policy.bypassNeedsManager).toBe(false);
  });
});

describe('who may', () => {
  test('exactly the roles of the row, under any of their names', () => {
    const names = [...policy.roles, 'assistant', 'bot', 'technician'];
    for (const { tool, roles } of [...policy.tools, ...policy.directory, ...policy.audit])
      expect([tool, names.filter((name) => policy.allows(name, tool))]).toEqual([
        tool,
        names.filter((name) => roles.includes(policy.canonicalRole(name))),
      ]);
    expect(policy.allows('bot', 'ticket.cancel')).toBe(true);
    expect(policy.allows('technician', 'tech.request_change')).toBe(true);
    expect(policy.allows('technician', 'ticket.cancel')).toBe(false);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length', '', 'Dispatcher'])(
    'nobody, for the unknown name %j',
    (name) => {
      expect(policy.allows(name, 'ticket.get')).toBe(false);
      expect(policy.allows('dispatcher', name)).toBe(false);
      expect(policy.tool(name)).toBeUndefined();
      expect(policy.directoryTool(name)).toBeUndefined();
      expect(policy.template(name)).toBeUndefined();
    },
  );

  test('rows are found by name, each in its own table', () => {
    expect(policy.tools.map(({ tool }) => policy.tool(tool))).toEqual(policy.tools);
    expect(policy.directory.map(({ tool }) => policy.directoryTool(tool))).toEqual(policy.directory);
    expect(policy.audit.map(({ tool }) => policy.auditTool(tool))).toEqual(policy.audit);
    expect(policy.auditTool('account.get')).toBeUndefined();
    expect(policy.tool('account.get')).toBeUndefined();
    expect(policy.directoryTool('ticket.get')).toBeUndefined();
  });
});
