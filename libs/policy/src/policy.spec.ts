import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  evolve,
  instantOf,
  NO_CENTS,
  parseUuid,
  rules,
  STATES,
  type State,
  type Ticket,
  type Tool,
  type Uuid,
} from '@dispatch/ticket';
import { loadPolicy } from './load.js';
import { fingerprint } from './plain-data.js';
import { type Policy, policyFrom } from './policy.js';

let policy: Policy;
beforeAll(async () => {
  policy = await loadPolicy(join(import.meta.dirname, '../../../policy'));
});

function uuid(text: string): Uuid {
  const parsed = parseUuid(text);
  if (!parsed) throw new Error(`${text} is no UUID`);
  return parsed;
}

const id = uuid('00000000-0000-4000-8000-000000000001');
const created = {
  type: 'TicketCreated',
  data: {
    accountId: id,
    siteId: id,
    assetId: null,
    summary: 'Door will not latch',
    description: null,
    nteCents: NO_CENTS,
    currency: 'USD',
  },
} as const;
const opened = evolve(undefined, created, { ticketId: id, revision: 0, at: instantOf(0), by: 'ada' });
const ticketIn = (state: State): Ticket => ({ ...opened, state });

const isOnTicket = (tool: string): tool is keyof typeof rules => Object.hasOwn(rules, tool);
const commands: readonly Tool[] = ['ticket.create', ...Object.keys(rules).filter(isOnTicket)];

describe('refuses', () => {
  test.each(commands)('%s in every state but those of its row', (tool) => {
    const row = policy.tool(tool);
    for (const state of STATES) {
      const refusal = policy.refuses(tool, ticketIn(state), 'dispatcher');
      if (row?.from.includes(state)) expect(refusal).toBeUndefined();
      else
        expect(refusal).toEqual({
          code: 'INVALID_STATE_TRANSITION',
          details: {
            from_state: state,
            to_state: row?.to[0] ?? state,
            allowed_from_states: row?.from,
            available_tools: policy.explain(tool, ticketIn(state), 'dispatcher').available_tools,
          },
        });
    }
  });

  test('nothing of what begins a ticket, and all else without one', () => {
    expect(commands.filter((tool) => !policy.refuses(tool, undefined, 'dispatcher'))).toEqual(['ticket.create']);
    expect(policy.refuses('work.hold', undefined, 'tech')?.details).toEqual({
      from_state: null,
      to_state: 'ON_HOLD',
      allowed_from_states: ['IN_PROGRESS'],
      available_tools: [],
    });
  });

  test('with what the role may do instead, in table order', () => {
    expect(policy.refuses('ticket.close', ticketIn('ON_HOLD'), 'technician')).toEqual({
      code: 'INVALID_STATE_TRANSITION',
      details: {
        from_state: 'ON_HOLD',
        to_state: 'CLOSED',
        allowed_from_states: ['INVOICED'],
        available_tools: ['work.resume', 'closeout.add_evidence', 'closeout.withdraw_evidence'],
      },
    });
    expect(policy.refuses('assignment.reassign', ticketIn('NEW'), 'agent')?.details).toEqual({
      from_state: 'NEW',
      to_state: 'NEW',
      allowed_from_states: ['DISPATCHED', 'IN_PROGRESS', 'ON_HOLD'],
      available_tools: ['ticket.request_info', 'ticket.triage', 'closeout.add_evidence'],
    });
  });

  test('and offers nothing to an unknown role or in a terminal state', () => {
    expect(policy.explain('work.hold', ticketIn('NEW'), 'constructor').available_tools).toEqual([]);
    expect(policy.explain('work.hold', ticketIn('CLOSED'), 'dispatcher')).toEqual({
      allowed_from_states: ['IN_PROGRESS'],
      available_tools: [],
    });
  });
});

describe('the version', () => {
  test('is that of the set: the same set makes the same policy', () => {
    const again = policyFrom(policy.set);
    expect(again.version).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(again.version).toBe(policy.version);
    expect(again.set).toEqual(policy.set);
    expect(policy.version).toBe(fingerprint(policy.set));
  });

  test('does not hang on the order of keys, nor on what editors read', () => {
    const turned: unknown = JSON.parse(JSON.stringify(policy.set), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    const files = Object.fromEntries(
      Object.entries(Object(turned)).map(([name, file]) => [name, { $schema: '', ...Object(file) }]),
    );
    expect(Object.keys(files)).not.toEqual(Object.keys(policy.set));
    expect(policyFrom(files).version).toBe(policy.version);
  });

  test('changes with every value that the set holds', () => {
    const places = leaves(policy.set);
    const versions = new Set(places.map((place) => versionWith(place)));
    expect(places.length).toBeGreaterThan(400);
    expect(versions.size).toBe(places.length);
    expect(versions).not.toContain(policy.version);
  });
});

type Path = readonly string[];

/** The paths to every scalar of a value. */
const leaves = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]))
    : [path];

/** The version of the shipped set with the scalar at one path changed. */
function versionWith(path: Path): string {
  const changed = (value: unknown, [key, ...rest]: Path): unknown => {
    if (key === undefined)
      return typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}_`;
    const copy = Array.isArray(value) ? [...value] : { ...Object(value) };
    copy[key] = changed(copy[key], rest);
    return copy;
  };
  return fingerprint(changed(policy.set, path));
}

describe('frozen', () => {
  test('whatever is handed out, at every depth', () => {
    expect(thawed(policy)).toEqual([]);
    expect(() => Object.assign(policy.tools[0] ?? {}, { roles: ['customer'] })).toThrow(TypeError);
  });

  test('but not what was handed in, which is copied', () => {
    const files: Record<string, unknown> = JSON.parse(JSON.stringify(policy.set));
    const before = policyFrom(files);
    Object.assign(Object(files.sla), { warning_minutes: 1 });
    expect(before.sla.warningMinutes).toBe(30);
    expect(before.version).toBe(policy.version);
  });
});

/** The paths to every object that could still be changed. */
function thawed(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, member]) => thawed(member, `${path}/${key}`));
  return Object.isFrozen(value) ? below : [path, ...below];
}

test('a recorded set may lack the row of a tool, and refuses it', () => {
  const { tools } = policy.set.tools as unknown as { readonly tools: readonly { readonly tool: string }[] };
  const earlier = { ...policy.set, tools: { tools: tools.filter(({ tool }) => tool !== 'closeout.record_checklist') } };
  expect(() => policyFrom(earlier)).toThrow("no row for 'closeout.record_checklist'");
  const recorded = policyFrom(earlier, { recorded: true });
  expect(recorded.allows('dispatcher', 'closeout.record_checklist')).toBe(false);
  expect(recorded.refuses('closeout.record_checklist', { state: 'IN_PROGRESS' }, 'dispatcher')).toMatchObject({
    code: 'INVALID_STATE_TRANSITION',
  });
  expect(recorded.refuses('ticket.triage', { state: 'NEW' }, 'dispatcher')).toBeUndefined();
});
