import { expect, test } from '@jest/globals';
import type { Entry } from '../outbox/entry.js';
import { expectedOf, may } from './expected.js';
import { nextStep } from './next-step.js';
import { type Action, type Packet, SIGNATURE_KEY, type ToolRow } from './packet.js';

const tools: readonly ToolRow[] = [
  { tool_name: 'tech.check_in', endpoint: '', from_states: ['DISPATCHED'], to_states: ['IN_PROGRESS'] },
  { tool_name: 'work.hold', endpoint: '', from_states: ['IN_PROGRESS'], to_states: ['ON_HOLD'] },
  { tool_name: 'work.resume', endpoint: '', from_states: ['ON_HOLD'], to_states: ['IN_PROGRESS', 'READY_TO_SCHEDULE'] },
  { tool_name: 'closeout.record_checklist', endpoint: '', from_states: ['IN_PROGRESS'], to_states: [] },
];

const packet = {
  header: { current_state: 'DISPATCHED', incident_type: 'CANNOT_SECURE_ENTRY' },
  evidence_requirements: {
    required_evidence: [
      { key: 'photo_before', present: true },
      { key: 'note_after', present: false },
      { key: SIGNATURE_KEY, present: false },
    ],
    evidence_items: [],
  },
  checklist: {
    required_items: [
      { key: 'work_performed', checked: true },
      { key: 'parts', checked: false },
    ],
  },
  closeout_gate: { template_version: '1.0.0', invalid_evidence_refs: [], no_signature_reason: null },
} as unknown as Packet;

let seq = 0;
const entry = (tool: string, body: Entry['body'] = {}, more: Partial<Entry> = {}): Entry => ({
  seq: (seq += 1),
  actor: 'mo',
  ticketId: 't',
  tool,
  endpoint: '',
  body,
  key: String(seq),
  madeAt: 0,
  notBefore: 0,
  attempts: 0,
  upload: undefined,
  refusal: undefined,
  ...more,
});
const refusal = { code: 'X', message: '', details: {}, at: 0 };
const upload = { contentType: 'text/plain', sizeBytes: 1, checksum: '', uri: undefined, stored: false };

test('nothing waits: the packet as the service has it, and what the closeout lacks in the order of the work', () => {
  const { state, stateWaits, missing } = expectedOf(packet, [], tools);
  expect([state, stateWaits]).toEqual(['DISPATCHED', false]);
  expect(missing).toEqual([
    { what: 'evidence', key: 'note_after' },
    { what: 'checklist', key: 'parts' },
    { what: 'signature', key: SIGNATURE_KEY },
  ]);
});

test('what waits counts as it will, marked; what was refused does not', () => {
  const waiting = [
    entry('tech.check_in'),
    entry('closeout.add_evidence', { kind: 'NOTE', evidence_key: 'note_after' }, { upload }),
    entry('closeout.record_checklist', { items: { parts: true } }),
    entry('closeout.record_checklist', { items: { work_performed: false } }),
    entry('closeout.record_checklist', { items: {}, no_signature_reason: 'Nobody was there' }, { refusal }),
  ];
  const expected = expectedOf(packet, waiting, tools);
  expect([expected.state, expected.stateWaits]).toEqual(['IN_PROGRESS', true]);
  expect(expected.evidence.map(({ met }) => met)).toEqual(['yes', 'waiting', 'no']);
  expect(expected.checklist.map(({ met }) => met)).toEqual(['no', 'waiting']);
  expect(expected.noSignatureReason).toBeNull();
});

test.each([
  ['a signature', entry('closeout.add_evidence', { kind: 'SIGNATURE' }, { upload })],
  ['a reason for none', entry('closeout.record_checklist', { items: {}, no_signature_reason: 'Nobody was there' })],
])('%s that waits meets the signature', (_what, waiting) => {
  expect(expectedOf(packet, [waiting], tools).evidence.at(-1)).toEqual({ key: SIGNATURE_KEY, met: 'waiting' });
});

test('a return visit goes back to scheduling, and nothing moves from a state that a tool does not know', () => {
  const held = { ...packet, header: { ...packet.header, current_state: 'ON_HOLD' } };
  expect(expectedOf(held, [entry('work.resume')], tools).state).toBe('IN_PROGRESS');
  expect(expectedOf(held, [entry('work.resume', { return_visit: true })], tools).state).toBe('READY_TO_SCHEDULE');
  expect(expectedOf(held, [entry('tech.check_in')], tools).state).toBe('ON_HOLD');
});

test('the server says what may be done, until something waits that changes the state; a role stays refused', () => {
  const error = (dimension: string) => ({ code: 'NO', message: '', dimension });
  const action = (tool_name: string, dimension?: string): Action => ({
    tool_name,
    endpoint: `/${tool_name}`,
    enabled: dimension === undefined,
    policy_error: dimension === undefined ? null : error(dimension),
  });
  const actions = [action('tech.check_in'), action('work.hold', 'state'), action('closeout.record_checklist', 'role')];
  const before = expectedOf(packet, [], tools);
  const after = expectedOf(packet, [entry('tech.check_in')], tools);
  const enabled = (expected: typeof before) =>
    actions.map(({ tool_name }) => may(tool_name, actions, expected, tools)?.enabled);
  expect(enabled(before)).toEqual([true, false, false]);
  expect(enabled(after)).toEqual([false, true, false]);
  expect(may('tech.check_in', actions, after, tools)?.why).toMatchObject({
    from_state: 'IN_PROGRESS',
    allowed_from_states: ['DISPATCHED'],
  });
  expect(may('work.resume', actions, before, tools)).toBeUndefined();
});

test('the next step: arrive, then what is missing, then complete', () => {
  const can =
    (...enabled: string[]) =>
    (tool: string) => ({ endpoint: '', enabled: enabled.includes(tool), why: null });
  const lacking = expectedOf(packet, [], tools);
  expect(nextStep(lacking, can('tech.check_in'))).toEqual({ do: 'tool', tool: 'tech.check_in' });
  expect(nextStep(lacking, can('closeout.record_checklist'))).toEqual({
    do: 'supply',
    missing: { what: 'evidence', key: 'note_after' },
    left: 3,
  });
  expect(nextStep({ ...lacking, missing: [] }, can('closeout.record_checklist'))).toEqual({
    do: 'tool',
    tool: 'tech.complete',
  });
  expect(nextStep(lacking, can())).toEqual({ do: 'wait' });
});
