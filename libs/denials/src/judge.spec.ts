import { expect, test } from '@jest/globals';
import { allowance } from './allowance.js';
import { DENIALS, denied, notRecorded, securityStreamOf } from './attempt.js';
import { denialFault, type Judged } from './judge.js';
import { attempt, second, strange } from './testing/attempts.js';

const id = '11111111-1111-4111-8111-111111111111';
const stream = securityStreamOf(second(0));
const good: Judged = { stream, ...denied(id, [attempt(), strange('192.0.2.0/24', { at: second(1) })]) };
const saying = (change: object): Judged => {
  const said = denied(id, [{ ...attempt(), ...change }]);
  return { ...good, data: said.data };
};

const missed = allowance({ perMinute: 1, perSource: 1 });
for (const n of [0, 1, 2]) missed.takes(attempt({ at: second(n) }));
const [summary] = missed.unrecorded();
const told: Judged = { stream, ...(summary ? notRecorded(id, summary) : denied(id, [])) };

test('what the recorder writes is in order, whatever the code', () => {
  const codes = Object.entries(DENIALS).map(([code, dimension]) => saying({ code, dimension }));
  expect([good, told, ...codes].map(denialFault)).toEqual([good, told, ...codes].map(() => undefined));
});

test.each<[string, Judged]>([
  ['another type', { ...good, type: 'TicketCreated' }],
  ['another version', { ...good, schemaVersion: 2 }],
  ['a stream of no day', { ...good, stream: 'security-today' }],
  ['another day', { ...good, at: '2026-11-26T00:00:00.000Z' }],
  ['an attempt of another day', saying({ at: '2026-11-24T10:00:00.000Z' })],
  ['no attempts', { ...good, data: { attempts: [] } }],
  ['something beside the attempts', { ...good, data: { ...good.data, note: 'x' } }],
  ['a body', saying({ body: { summary: 'x' } })],
  ['a code that is none', saying({ code: 'VERSION_CONFLICT' })],
  ['the dimension of another code', saying({ dimension: 'scope' })],
  ['words in place of a field', saying({ field: 'the account of Ann' })],
  ['a target that is no id', saying({ target_id: 'x' })],
  ['an actor who is more', saying({ actor: { id: 'ann', role: 'qa', type: 'HUMAN', token: 'x' } })],
  ['a query', saying({ endpoint: '/tickets?q=ann' })],
  ['an address', saying({ network: '192.0.2.77' })],
  ['a count that is not that of its reasons', { ...told, data: { ...told.data, count: 3 } }],
  [
    'a source who is more',
    { ...told, data: { ...told.data, sources: [{ actor_id: 'ann', network: null, count: 1, token: 'x' }] } },
  ],
])('%s is found', (_, event) => {
  expect(denialFault(event)).toEqual(expect.any(String));
});
