import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { type Api, at, startApi } from '../support/api.js';
import { groundOf, type Tickets } from '../support/tickets.js';

const SECRET = 'a secret of this test that is long enough for HS256';

let folder: string;
let api: Api;
let tickets: Tickets;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-pages-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Dispatch</title>');
  await writeFile(join(folder, 'assets/app-1a2b.js'), 'export {};');
  const access = { allowDevHeaders: true, requireTechnicianId: false, secret: SECRET };
  const runbooksFolder = join(import.meta.dirname, '../../docs/runbooks');
  api = await startApi({ pagesFolder: folder, runbooksFolder, access });
  tickets = await groundOf(api);
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, api.url), { headers });
const as = (role: string) => ({ 'x-actor-id': `the ${role}`, 'x-actor-role': role });

describe('files', () => {
  test.each(['/', '/sign-in', '/cockpit', '/packets', '/packet/6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0a01', '/operations'])(
    '%s is the page',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html><title>Dispatch</title>']);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      const policy = answer.headers.get('content-security-policy');
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/unsafe/);
    },
  );

  test('what is named by its content is kept for ever, and nothing else of the folder above is there', async () => {
    const script = await get('/assets/app-1a2b.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of ['/assets/other.js', '/assets/..%2f..%2fpackage.json', '/package.json'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  test('the API beside them is as it was', async () => {
    const answer = await get('/health');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

test('the configuration is for everybody, and says how one may sign in', async () => {
  const answer = await get('/ux/config');
  expect(await answer.json()).toEqual({
    service: 'dispatch-api',
    version: 'test',
    development_headers: true,
    roles: api.policy.roles,
    runbooks_url: '/runbooks',
    uploads: null,
  });
});

test('who I am: role, scope, tools, and until when', async () => {
  const account = '6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0a01';
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const token = await mintToken({ sub: 'q', role: 'qa', account_ids: [account], site_ids: '*', exp }, SECRET);
  const me: unknown = await (await get('/ux/me', { authorization: `Bearer ${token}` })).json();
  expect(me).toMatchObject({
    actor_id: 'q',
    actor_role: 'qa',
    account_scope: [account],
    site_scope: '*',
    technician_id: null,
    expires_at: new Date(exp * 1_000).toISOString(),
  });
  expect(at(me, 'tools')).toEqual(
    [...api.policy.tools, ...api.policy.directory, ...api.policy.audit]
      .filter(({ roles }) => roles.includes('qa'))
      .map(({ tool }) => tool),
  );
  expect((await get('/ux/me', { authorization: `Bearer ${token}x` })).status).toBe(401);
});

test('the policy: what is not the data of policy/ is not there', async () => {
  expect((await get('/ux/policy')).status).toBe(400);
  const told: unknown = await (await get('/ux/policy', as('tech'))).json();
  expect(at(told, 'policy_version')).toBe(api.policy.version);
  const rows = at(told, 'tools');
  expect(Array.isArray(rows) && rows.map((row) => at(row, 'tool_name'))).toEqual(
    api.policy.tools.map((one) => one.tool),
  );
  expect(at(told, 'templates')).toHaveLength(api.policy.templates.length);
});

test('every page that an alert names can be read', async () => {
  const { runbooks } = (await (await get('/ops/alerts')).json()) as { runbooks: Record<string, string> };
  for (const page of Object.values(runbooks)) {
    const answer = await get(`/runbooks/${/([\w-]+)\.md$/.exec(page)?.[1]}`);
    expect([page, answer.status, (await answer.text()).startsWith('# ')]).toEqual([page, 200, true]);
  }
  expect((await get('/runbooks/..%2fsecurity')).status).toBe(404);
});

describe('every command on a ticket', () => {
  const actionsFor = async (role: string, id: string) => {
    const answer = await get(`/ux/tickets/${id}/actions`, as(role));
    const body: unknown = await answer.json();
    return { status: answer.status, body };
  };

  test('as the table has it for the role and the state', async () => {
    const id = await tickets.ticketIn('SCHEDULED');
    for (const role of api.policy.roles) {
      const { body } = await actionsFor(role, id);
      const actions = at(body, 'actions');
      if (!Array.isArray(actions)) throw new Error(JSON.stringify(body));
      const commands = api.policy.tools.filter(({ mutating, tool }) => mutating && tool !== 'ticket.create');
      expect(actions.map((one) => at(one, 'tool_name'))).toEqual(commands.map(({ tool }) => tool));
      for (const [n, { tool, roles, from }] of commands.entries()) {
        const code = at(actions[n], 'policy_error.code');
        const mayIn = from.includes('SCHEDULED');
        if (!roles.includes(role)) expect([role, tool, code]).toEqual([role, tool, 'FORBIDDEN']);
        else if (mayIn) expect([role, tool, at(actions[n], 'enabled')]).toEqual([role, tool, true]);
        else expect([role, tool, typeof code]).toEqual([role, tool, 'string']);
        expect(at(actions[n], 'endpoint')).toContain(id);
      }
    }
  });

  test('not for who may not see the ticket, nor for one that is not there', async () => {
    const id = await tickets.ticketIn('NEW');
    const outside = { ...as('dispatcher'), 'x-account-scope': '6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0aff' };
    expect((await get(`/ux/tickets/${id}/actions`, outside)).status).toBe(403);
    expect((await actionsFor('dispatcher', '6f1c1a44-7a3e-4a51-8f0e-0d5a1f6f0aff')).status).toBe(404);
    expect((await actionsFor('dispatcher', 'x')).status).toBe(400);
  });
});
