import { expect, test } from '@jest/globals';
import { DatabaseError } from 'pg';
import { reachable, ReadModelsUnavailable } from './reachable.js';

const ofState = (code: string) => Object.assign(new DatabaseError('text', 1, 'error'), { code });
const ofSystem = (code: string) => Object.assign(new Error(`connect ${code}`), { code, syscall: 'connect' });

test.each([
  ['statement timeout', ofState('57014')],
  ['shutdown', ofState('57P01')],
  ['starting up', ofState('57P03')],
  ['too many connections', ofState('53300')],
  ['disk full', ofState('53100')],
  ['connection failure', ofState('08006')],
  ['refused', ofSystem('ECONNREFUSED')],
  ['refused on every address', new AggregateError([ofSystem('ECONNREFUSED')], '')],
  ['terminated', new Error('Connection terminated unexpectedly')],
  ['slow to connect', new Error('timeout exceeded when trying to connect')],
  ['silent', new Error('Query read timeout')],
])('away: %s', async (_name, error) => {
  await expect(reachable(Promise.reject(error))).rejects.toThrow(ReadModelsUnavailable);
});

test.each([ofState('42P01'), ofState('22003'), new TypeError('a fault of ours')])('not away: %s', async (error) => {
  await expect(reachable(Promise.reject(error))).rejects.toBe(error);
});

test('an answer passes', async () => {
  expect(await reachable(Promise.resolve(7))).toBe(7);
});
