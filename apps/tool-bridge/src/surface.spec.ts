import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadGuidance, loadPolicy } from '@dispatch/policy';
import { at, record, refName } from './api-page.js';
import { page } from './generated/api-page.js';
import { shownName } from './names.js';
import { type Surface, surfaceOf } from './surface.js';

let surface: Surface;
beforeAll(async () => {
  const dir = join(import.meta.dirname, '../../../policy');
  const policy = await loadPolicy(dir);
  surface = surfaceOf(policy, await loadGuidance(dir, policy), page);
});

const propertiesOf = (name: string) => Object.keys(record(at(surface.named(name)?.inputSchema, 'properties')));

test('a tool takes what its endpoint takes, and says who is meant by it', () => {
  expect(propertiesOf('ticket.cancel')).toEqual(['ticket_id', 'expected_version', 'reason', 'request_id']);
  expect(propertiesOf('closeout.withdraw_evidence')).toEqual([
    'ticket_id',
    'evidence_id',
    'expected_version',
    'reason',
    'request_id',
  ]);
  expect(propertiesOf('ticket.get')).toEqual(['ticket_id', 'as_of']);
  expect(propertiesOf('ticket.timeline')).toEqual(['ticket_id', 'limit', 'cursor']);
  expect(surface.named('dispatcher.cockpit')?.query).toEqual(propertiesOf('dispatcher.cockpit'));
  expect(at(surface.named('closeout.withdraw_evidence')?.inputSchema, 'required')).toEqual([
    'ticket_id',
    'evidence_id',
    'reason',
  ]);
});

test('no argument of an endpoint hides another', () => {
  for (const { row } of surface.toolsOf('dispatcher')) {
    const operation = page.operations[row.tool];
    const inPath = operation?.parameters.filter((one) => one.in === 'path').length ?? 0;
    const inQuery = operation?.parameters.filter((one) => one.in === 'query').length ?? 0;
    const name = refName(operation?.body) ?? '';
    const inBody = Object.keys(record(at(page.schemas[name], 'properties'))).length;
    const own = row.mutating ? 1 : 0;
    expect([row.tool, propertiesOf(row.tool).length]).toEqual([row.tool, inPath + inQuery + inBody + own]);
  }
});

test('what it says of states is the policy’s', () => {
  expect(surface.named('tech.check_in')?.description).toContain(
    'Acts on a ticket in DISPATCHED; afterwards it is IN_PROGRESS.',
  );
  expect(surface.named('ticket.create')?.description).toContain('Afterwards it is NEW.');
  expect(surface.named('work.resume')?.description).toContain('afterwards it is IN_PROGRESS or READY_TO_SCHEDULE.');
});

test('without dots the names are still as many', () => {
  const names = surface.policy.tools.map(({ tool }) => shownName(tool, 'underscored'));
  expect(new Set(names).size).toBe(surface.policy.tools.length);
  expect(names.filter((name) => !/^[a-z_]{1,64}$/.test(name))).toEqual([]);
});

describe('arguments', () => {
  const check = (name: string, args: Record<string, unknown>) => surface.named(name)?.check(args);
  const ticket_id = '11111111-1111-4111-8111-111111111111';

  test.each<[name: string, args: Record<string, unknown>, field: string, message: string]>([
    ['ticket.cancel', { ticket_id }, 'reason', 'reason is required'],
    ['ticket.cancel', { ticket_id, reason: 'short' }, 'reason', 'reason must NOT have fewer than 10 characters'],
    ['ticket.cancel', { ticket_id, reason: null }, 'reason', 'reason must be string'],
    ['schedule.propose', { ticket_id, options: [{}] }, 'options[0]', "options[0] must have required property 'start'"],
    ['schedule.propose', { ticket_id, options: [] }, 'options', 'options must NOT have fewer than 1 items'],
    ['ticket.list', { state: ['OPEN'] }, 'state[0]', expect.stringContaining('state[0] must be one of NEW, ') as never],
    ['ticket.list', { limit: 501 }, 'limit', 'limit must be <= 500'],
    [
      'tech.complete',
      { ticket_id, checklist_status: { a: 'yes' } },
      'checklist_status.a',
      'checklist_status.a must be boolean',
    ],
  ])('%s %j', (name, args, field, message) => {
    expect(check(name, args)).toEqual([{ field, message }]);
  });

  test('of very many faults the first are told', () => {
    const strangers = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`f${n}`, n]));
    expect(check('ticket.list', strangers)).toHaveLength(20);
    const numbers = Array.from({ length: 100_000 }, () => 7);
    expect(check('ticket.list', { state: numbers })).toHaveLength(1);
  });
});
