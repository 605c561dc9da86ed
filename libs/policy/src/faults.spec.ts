import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PolicyFault } from './fault.js';
import { loadPolicy } from './load.js';
import { policyFrom } from './policy.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'policy-'));
  await cp(join(import.meta.dirname, '../../../policy'), dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true }));

const fault = (): Promise<unknown> =>
  loadPolicy(dir).then(
    () => 'no fault',
    (error: unknown) => (error instanceof PolicyFault ? error.message.replace(dir, '<dir>') : error),
  );

type Path = readonly (string | number)[];
type Edit = readonly [path: Path, value?: unknown];

/** Puts a value at each path of a file, or takes away what is there when none is given. */
async function change(file: string, ...edits: readonly Edit[]): Promise<void> {
  const content: unknown = JSON.parse(await readFile(join(dir, file), 'utf8'));
  for (const [path, ...value] of edits) {
    const last = path.at(-1) ?? '';
    const holder = path.slice(0, -1).reduce<unknown>((at, step) => Object(at)[step], content);
    if (value.length > 0) Object(holder)[last] = value[0];
    else if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else delete Object(holder)[last];
  }
  await writeFile(join(dir, file), JSON.stringify(content));
}

const read = { tool: 'ticket.peek', method: 'GET', path: '/peek', title: 'Peek.', roles: ['qa'], mutating: false };
const command = { ...read, method: 'POST', mutating: true, from: ['NEW'], to: ['TRIAGED'] };
const directoryRow = { tool: 'account.peek', method: 'GET', path: '/peek', roles: ['admin'], mutating: false };

test.each<[expected: string, file: string, ...edits: Edit[]]>([
  // The form of a file
  ["/tools/1: unknown key 'rolls'", 'tools.json', [['tools', 1, 'rolls'], ['qa']]],
  ["/tools/1: missing key 'roles'", 'tools.json', [['tools', 1, 'roles']]],
  ["/tools/1: missing key 'to'", 'tools.json', [['tools', 1, 'to']]],
  ['/tools/1/roles: must not be empty', 'tools.json', [['tools', 1, 'roles'], []]],
  [
    '/tools/1/roles/1: the same as item 0',
    'tools.json',
    [
      ['tools', 1, 'roles'],
      ['qa', 'qa'],
    ],
  ],
  ['/tools/1/roles: must be array', 'tools.json', [['tools', 1, 'roles'], 'qa']],
  ['/tools/1/from: "any" must be "none"', 'tools.json', [['tools', 1, 'from'], 'any']],
  ['/tools/1/to: "same" must be "unchanged"', 'tools.json', [['tools', 1, 'to'], 'same']],
  ['/tools/1/method: "GET" is none of POST, PUT', 'tools.json', [['tools', 1, 'method'], 'GET']],
  ['/tools/21/method: "POST" must be "GET"', 'tools.json', [['tools', 21, 'method'], 'POST']],
  ['/tools/21/from: does not belong here', 'tools.json', [['tools', 21, 'from'], ['NEW']]],
  ['/tools/1/path: "tickets" does not match', 'tools.json', [['tools', 1, 'path'], 'tickets']],
  ['/tools/0/method: "PUT" must be "GET"', 'audit.json', [['tools', 0, 'method'], 'PUT']],
  ["/tools/0/roles/0: unknown role 'auditors'", 'audit.json', [['tools', 0, 'roles', 0], 'auditors']],
  ["/tools/0: duplicate tool 'account.get'", 'audit.json', [['tools', 0, 'tool'], 'account.get']],
  ["/tools/0: unknown key 'from'", 'directory.json', [['tools', 0, 'from'], 'none']],
  ['/tools/1/method: "PUT" must be "GET"', 'directory.json', [['tools', 1, 'method'], 'PUT']],
  ["/states/3: missing key 'delay_attribution'", 'lifecycle.json', [['states', 3, 'delay_attribution']]],
  ['/states/3/sla_clock: "slow" is none of running', 'lifecycle.json', [['states', 3, 'sla_clock'], 'slow']],
  [': "Bot" does not match', 'roles.json', [['aliases', 'Bot'], 'agent']],
  ['/target_minutes/URGENT: must be >= 1', 'sla.json', [['target_minutes', 'URGENT'], 0]],
  ['/warning_minutes: must be integer', 'sla.json', [['warning_minutes'], '30']],
  ['/version: "1.0" does not match', 'closeout.json', [['version'], '1.0']],
  ['/templates/2/evidence_keys: must not be empty', 'closeout.json', [['templates', 2, 'evidence_keys'], []]],
  ['/common/checklist_keys: must not be empty', 'closeout.json', [['common', 'checklist_keys'], []]],
  [
    '/common/checklist_keys/1: the same as item 0',
    'closeout.json',
    [
      ['common', 'checklist_keys'],
      ['a', 'a'],
    ],
  ],
  ['/templates/2/incident_type: must be string', 'closeout.json', [['templates', 2, 'incident_type'], 7]],
  ["/emergency_bypass: missing key 'manager_confirmation_required'", 'guards.json', [['emergency_bypass'], {}]],
  ['is not a JSON Schema of an object', 'sla.schema.json', [['type']]],
  ['strict mode: unknown keyword: "maximun"', 'sla.schema.json', [['maximun'], 1]],
  // The files against each other and the domain
  ["/tools/1/roles/1: unknown role 'dispacher'", 'tools.json', [['tools', 1, 'roles', 1], 'dispacher']],
  ["/tools/1/roles/0: unknown role 'technician'", 'tools.json', [['tools', 1, 'roles', 0], 'technician']],
  ["/tools/0/roles/0: unknown role 'constructor'", 'directory.json', [['tools', 0, 'roles', 0], 'constructor']],
  [
    "/schedule_confirm/any_window_roles/0: unknown role 'bot'",
    'guards.json',
    [['schedule_confirm', 'any_window_roles', 0], 'bot'],
  ],
  ["/operations/roles/0: unknown role 'ops'", 'guards.json', [['operations', 'roles', 0], 'ops']],
  ["/aliases/bot: unknown role 'robot'", 'roles.json', [['aliases', 'bot'], 'robot']],
  ["/aliases/qa: alias 'qa' shadows the role of that name", 'roles.json', [['aliases', 'qa'], 'tech']],
  ["/tools/1/from/0: unknown state 'NEWS'", 'tools.json', [['tools', 1, 'from', 0], 'NEWS']],
  ["/tools/1/to/0: unknown state 'NEWS'", 'tools.json', [['tools', 1, 'to', 0], 'NEWS']],
  ["/tools/8/through/0: unknown state 'AWAY'", 'tools.json', [['tools', 8, 'through', 0], 'AWAY']],
  ["/tools/27: duplicate tool 'ticket.close'", 'tools.json', [['tools', 27], { ...read, tool: 'ticket.close' }]],
  [
    "/tools/27: duplicate endpoint 'GET /tickets/{}'",
    'tools.json',
    [['tools', 27], { ...read, path: '/tickets/{ticket}' }],
  ],
  ["/tools/9: duplicate tool 'ticket.get'", 'directory.json', [['tools', 9], { ...directoryRow, tool: 'ticket.get' }]],
  [
    "/tools/9: duplicate endpoint 'GET /tickets'",
    'directory.json',
    [['tools', 9], { ...directoryRow, path: '/tickets' }],
  ],
  ["/tools: no row for 'ticket.cancel'", 'tools.json', [['tools', 20]]],
  ["/tools: no row for 'ticket.create'", 'tools.json', [['tools', 0]]],
  ["/tools/27: no rule decides 'ticket.peek'", 'tools.json', [['tools', 27], command]],
  [
    "/tools/19: 'ticket.close' is a command, not a read",
    'tools.json',
    [['tools', 19], { ...read, tool: 'ticket.close' }],
  ],
  ['/tools/0/from: ticket.create begins a ticket, and no other', 'tools.json', [['tools', 0, 'from'], ['NEW']]],
  ['/tools/1/from: ticket.create begins a ticket, and no other', 'tools.json', [['tools', 1, 'from'], 'none']],
  ['/tools/0/to: a ticket begins in NEW', 'tools.json', [['tools', 0, 'to'], ['TRIAGED']]],
  [
    "/tools/20/from/0: ticket.cancel may not act in terminal state 'CLOSED'",
    'tools.json',
    [['tools', 20, 'from', 0], 'CLOSED'],
  ],
  ["/states/1: no tool leads to state 'NEEDS_INFO'", 'tools.json', [['tools', 1, 'to', 0], 'TRIAGED']],
  [
    "/states/13: no tool leads out of state 'INVOICED', and it is not terminal",
    'tools.json',
    [['tools', 19, 'to'], 'unchanged'],
  ],
  ["/states/2/state: unknown state 'TRIAGE'", 'lifecycle.json', [['states', 2, 'state'], 'TRIAGE']],
  ["/states/2/state: duplicate state 'NEW'", 'lifecycle.json', [['states', 2, 'state'], 'NEW']],
  ["/states: no row for state 'TRIAGED'", 'lifecycle.json', [['states', 2]]],
  ["/initial: unknown state 'OPEN'", 'lifecycle.json', [['initial'], 'OPEN']],
  ["/terminal/1: unknown state 'GONE'", 'lifecycle.json', [['terminal', 1], 'GONE']],
  ["/target_minutes/URGENT: no target for priority 'URGENT'", 'sla.json', [['target_minutes', 'URGENT']]],
  ["/target_minutes/LOW: unknown priority 'LOW'", 'sla.json', [['target_minutes', 'LOW'], 9]],
  [
    "/templates/1/incident_type: duplicate incident type 'DOOR_WONT_LATCH'",
    'closeout.json',
    [['templates', 1, 'incident_type'], 'DOOR_WONT_LATCH'],
  ],
  [
    "/templates/1/evidence_keys: duplicate evidence key 'signature_or_no_signature_reason'",
    'closeout.json',
    [['templates', 1, 'evidence_keys', 0], 'signature_or_no_signature_reason'],
  ],
])('%s', async (expected, file, ...edits) => {
  await change(file, ...edits);
  const message = await fault();
  expect(message).toContain(expected);
  expect(message).toMatch(/^policy\/[a-z.]+\.json[ :].*$/);
});

test('the shipped set has none', async () => {
  expect(await fault()).toBe('no fault');
});

test('a fault names the file where it can be mended, and the place in it', async () => {
  await change('tools.json', [['tools', 1, 'roles', 1], 'dispacher']);
  await expect(loadPolicy(dir)).rejects.toMatchObject({
    name: 'PolicyFault',
    file: 'tools.json',
    place: '/tools/1/roles/1',
  });
});

test('broken JSON, by line and column', async () => {
  await writeFile(join(dir, 'sla.json'), '{\n  "target_minutes": \n}');
  expect(await fault()).toBe('policy/sla.json line 3, column 1: unexpected }');
});

test('a key that stands twice', async () => {
  await writeFile(join(dir, 'roles.json'), '{ "roles": ["qa"], "aliases": { "bot": "qa", "bot": "qa" } }');
  expect(await fault()).toBe("policy/roles.json /aliases/bot: duplicate key 'bot'");
});

test.each(['sla.json', 'sla.schema.json'])('a missing %s', async (file) => {
  await rm(join(dir, file));
  expect(await fault()).toBe(`policy/${file}: is missing in <dir>`);
});

test('a file that cannot be read', async () => {
  await rm(join(dir, 'sla.json'));
  await mkdir(join(dir, 'sla.json'));
  expect(await fault()).toContain('policy/sla.json: cannot be read: EISDIR');
});

test('a set that lacks a file, or holds one too many', async () => {
  const { set } = await loadPolicy(dir);
  const { sla: _, ...rest } = set;
  expect(() => policyFrom(rest)).toThrow('policy/sla.json: is missing');
  expect(() => policyFrom({ ...set, guard: {} })).toThrow('policy/guard.json: is no file of a policy');
});
