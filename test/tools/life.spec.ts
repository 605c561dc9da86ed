import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import { type Api, at, startApi } from '../support/api.js';
import { DONE, EVIDENCE, groundOf, type Tickets } from '../support/tickets.js';
import {
  ACCESS,
  call,
  type Called,
  connect,
  connectStdio,
  type RunningBridge,
  startBridge,
  stdioSettings,
  tokenFor,
} from './bridge.js';

let api: Api;
let bridge: RunningBridge;
let tickets: Tickets;
const clients: Client[] = [];

beforeAll(async () => {
  api = await startApi({ access: ACCESS });
  [tickets, bridge] = await Promise.all([groundOf(api), startBridge(api.url)]);
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await bridge.close();
  await api.close();
});

const kept = async (client: Promise<Client>): Promise<Client> => {
  clients.push(await client);
  return client;
};

const namesOf = async (client: Client): Promise<readonly string[]> =>
  (await client.listTools()).tools.map(({ name }) => name);

test('over HTTP a session of every role lists exactly what the policy gives it, in table order, in both versions', async () => {
  for (const role of [...api.policy.roles, 'assistant', 'bot', 'technician']) {
    const mine = api.policy.tools.filter(({ tool }) => api.policy.allows(role, tool)).map(({ tool }) => tool);
    for (const era of ['modern', 'legacy'] as const) {
      const client = await kept(connect(bridge.url, await tokenFor({ role }), era));
      expect([role, era, await namesOf(client)]).toEqual([role, era, mine]);
    }
  }
});

test('so does a process on stdio for every role', async () => {
  for (const role of api.policy.roles) {
    const mine = api.policy.tools.filter(({ tool }) => api.policy.allows(role, tool)).map(({ tool }) => tool);
    const client = await connectStdio(stdioSettings(api.url, role));
    expect([role, await namesOf(client)]).toEqual([role, mine]);
    await client.close();
  }
});

test('each tool has its title, words, schemas and hints', async () => {
  const client = await kept(connect(bridge.url, await tokenFor({ role: 'dispatcher' })));
  for (const tool of (await client.listTools()).tools) {
    const row = api.policy.tool(tool.name);
    expect(tool.title).toBe(row?.title);
    expect(tool.description).toMatch(/Use it .*Returns: .*When it is refused:\n- [A-Z_]+: /s);
    expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(tool.outputSchema).toMatchObject({ type: 'object', required: expect.arrayContaining(['ok', 'request_id']) });
    expect(JSON.stringify(tool.inputSchema)).not.toContain('$ref');
    expect(tool.annotations).toEqual({
      title: row?.title,
      readOnlyHint: row?.mutating === false,
      destructiveHint: ['ticket.close', 'ticket.cancel'].includes(tool.name),
      idempotentHint: row?.mutating === false,
      openWorldHint: false,
    });
  }
});

/** The canonical emergency: who, what, and with which arguments. */
type Step = readonly [role: string, tool: string, args?: object];

function emergency(ground: Tickets, approval: () => string): readonly Step[] {
  const now = () => new Date().toISOString();
  return [
    ['dispatcher', 'ticket.triage', { priority: 'EMERGENCY', incident_type: 'CANNOT_SECURE_ENTRY' }],
    [
      'dispatcher',
      'assignment.dispatch',
      { tech_id: ground.techId, dispatch_mode: 'EMERGENCY_BYPASS', reason: 'The shop stands open to the street' },
    ],
    ['tech', 'tech.check_in', { timestamp: now() }],
    ['tech', 'tech.request_change', { approval_type: 'NTE_INCREASE', reason: 'A new lock', amount_delta_cents: 5_000 }],
    [
      'approver',
      'approval.decide',
      {
        get approval_id() {
          return approval();
        },
        decision: 'APPROVED',
      },
    ],
    ...EVIDENCE.map(
      (key): Step => [
        'tech',
        'closeout.add_evidence',
        { kind: 'PHOTO', uri: `s3://evidence/${key}`, evidence_key: key },
      ],
    ),
    ['tech', 'closeout.record_checklist', { items: DONE }],
    ['tech', 'tech.complete', { checklist_status: {}, no_signature_reason: 'Nobody was there to sign' }],
    ['qa', 'qa.verify', { timestamp: now(), result: 'PASS' }],
    [
      'finance',
      'billing.generate_invoice',
      { line_items: [{ description: 'Call-out', quantity: 1, unit_cents: 30_000 }] },
    ],
    ['finance', 'ticket.close', { reason: 'paid' }],
  ];
}

const ROLES = ['agent', 'dispatcher', 'tech', 'approver', 'qa', 'finance'] as const;

/** From nothing to CLOSED by tools alone, and every call found again in the timeline by its ids. */
async function live(sessions: Readonly<Record<string, Client>>): Promise<void> {
  const done: Called[] = [];
  const act = async (role: string, tool: string, args: object): Promise<Called> => {
    const client = sessions[role];
    if (!client) throw new Error(`no session of ${role}`);
    const called = await call(client, tool, args);
    expect([tool, called.outcome['ok'], called.outcome['error']]).toEqual([tool, true, undefined]);
    done.push(called);
    return called;
  };
  const request_id = randomUUID();
  const created = await act('agent', 'ticket.create', {
    account_id: tickets.accountId,
    site_id: tickets.siteId,
    summary: 'Shop door will not lock',
    request_id,
  });
  expect(created.outcome['request_id']).toBe(request_id);
  const ticket_id = String(at(created.outcome, 'result.id'));
  let approval = '';
  for (const [role, tool, args] of emergency(tickets, () => approval)) {
    const called = await act(role, tool, { ...args, ticket_id });
    const opened = at(called.outcome, 'result.approval.id');
    if (typeof opened === 'string') approval = opened;
  }
  expect(at(done.at(-1)?.outcome, 'result.state')).toBe('CLOSED');

  const auditor = sessions['dispatcher'];
  if (!auditor) throw new Error('no session to read with');
  const timeline = await call(auditor, 'ticket.timeline', { ticket_id });
  const entries = Object(at(timeline.outcome, 'result.events')) as readonly unknown[];
  const ids = (value: unknown) => ['request_id', 'correlation_id'].map((name) => at(value, name));
  expect(entries.map(ids)).toEqual(done.map(({ outcome }) => ids(outcome)));
  expect(entries.map((entry) => at(entry, 'tool_name'))).toEqual(done.map(({ outcome }) => outcome['tool']));
  expect(new Set(entries.map((entry) => at(entry, 'actor_type')))).toEqual(new Set(['AGENT']));
  const actors = entries.map((entry) => `${String(at(entry, 'actor_role'))}-agent`);
  expect(entries.map((entry) => at(entry, 'actor_id'))).toEqual(actors);
}

async function sessionsBy(open: (role: string) => Promise<Client>): Promise<Readonly<Record<string, Client>>> {
  const opened = await Promise.all(ROLES.map(async (role) => [role, await kept(open(role))] as const));
  return Object.fromEntries(opened);
}

test.each(['modern', 'legacy'] as const)('over HTTP (%s) the canonical emergency is led to CLOSED', async (era) => {
  await live(await sessionsBy(async (role) => connect(bridge.url, await tokenFor({ role }), era)));
});

test('over stdio too, in processes that mint their tokens, of both versions', async () => {
  const [dispatcher, tech, finance] = await Promise.all([
    kept(connectStdio(stdioSettings(api.url, 'dispatcher'), 'modern')),
    kept(connectStdio(stdioSettings(api.url, 'technician', { DISPATCH_TOOLS_ACTOR_ID: 'tech-agent' }))),
    kept(connectStdio(stdioSettings(api.url, 'finance'))),
  ]);
  expect(await namesOf(tech)).toEqual(
    api.policy.tools.filter(({ tool }) => api.policy.allows('tech', tool)).map(({ tool }) => tool),
  );
  await live({ agent: dispatcher, dispatcher, tech, approver: dispatcher, qa: dispatcher, finance });
});
