import { InvalidCursor, type Queryable } from '@dispatch/projections';
import { describe, expect, test } from '@jest/globals';
import { DatabaseError } from 'pg';
import { ApiError } from '../api-error.js';
import { readAnswers } from './read-answers.js';
import { ReadModelsUnavailable } from './reachable.js';

type At = Readonly<Record<string, string | undefined>>;
const NOTHING = async () => ({ body: 'body', stale: false });

/** Read models that stand still at `at`, and what was asked of them. */
function still(at: At, { lastWritten = 'start', waited = false } = {}) {
  const asked: unknown[] = [];
  const answer = readAnswers({
    waitMs: 70,
    lastWritten: () => lastWritten,
    db: {
      query: async (text) => {
        asked.push(text);
        return { rows: [] };
      },
    },
    models: {
      positionOf: async (name) => {
        asked.push(`position of ${name}`);
        return at[name];
      },
      waitFor: async (...args) => {
        asked.push(args);
        return waited;
      },
    },
  });
  return { answer, asked };
}

const refusalOf = (answer: Promise<unknown>): Promise<ApiError> =>
  answer.then(
    () => Promise.reject(new Error('it was answered')),
    (error: unknown) =>
      error instanceof ApiError ? error : Promise.reject(new Error('no ApiError', { cause: error })),
  );

test('the position is the smallest of the models that are asked, taken before the query', async () => {
  const { answer, asked } = still({ a: '10', b: '9' });
  const found = answer({
    models: ['a', 'b'],
    atLeast: undefined,
    query: async (db) => {
      await db.query('select', []);
      return { body: 'body', stale: false };
    },
  });
  expect(await found).toEqual({ body: 'body', headers: { 'dispatch-position': '9' } });
  expect(asked).toEqual(['position of a', 'position of b', 'select']);
});

test.each([
  // asked for, last written, waits for
  [undefined, 'start', undefined],
  [undefined, '7', '7'],
  ['9', '7', '9'],
  ['5', '7', '5'],
  ['start', '7', undefined],
] as const)('asked for %s, written up to %s: waits for %s', async (atLeast, lastWritten, wanted) => {
  const { answer, asked } = still({ a: '9' }, { lastWritten });
  const { headers } = await answer({ models: ['a'], atLeast, query: NOTHING });
  expect(headers).toEqual({ 'dispatch-position': '9' });
  expect(asked).toEqual([...(wanted ? [[['a'], wanted, 70]] : []), 'position of a']);
});

test('nothing folded in yet is position 0', async () => {
  const { answer } = still({ a: 'start' });
  const { headers } = await answer({ models: ['a'], atLeast: undefined, query: NOTHING });
  expect(headers).toEqual({ 'dispatch-position': '0' });
});

describe('not reached in time', () => {
  // A swap may take a table back behind what was waited for: the position decides, not the wait.
  test.each([false, true])('asked for: no answer, and no query (waited: %s)', async (waited) => {
    const { answer } = still({ a: '10', b: '8' }, { lastWritten: '3', waited });
    const query = () => Promise.reject(new Error('it was queried'));
    const refusal = await refusalOf(answer({ models: ['a', 'b'], atLeast: '9', query }));
    expect(refusal).toMatchObject({
      code: 'READ_MODEL_BEHIND',
      status: 503,
      details: { min_position: '9', position: '8' },
      headers: { 'retry-after': '1' },
    });
  });

  test('written here: an answer that says so', async () => {
    const { answer } = still({ a: '8' }, { lastWritten: '9' });
    const { headers } = await answer({ models: ['a'], atLeast: undefined, query: NOTHING });
    expect(headers).toEqual({ 'dispatch-position': '8', 'dispatch-stale': 'true' });
  });

  test('no table at all: no answer, whoever asks', async () => {
    for (const atLeast of [undefined, '1'] as const) {
      const { answer } = still({ a: '8' });
      expect(await refusalOf(answer({ models: ['a', 'b'], atLeast, query: NOTHING }))).toMatchObject({
        code: 'READ_MODEL_BEHIND',
      });
    }
  });
});

test('an answer with rows that are behind says so', async () => {
  const { answer } = still({ a: '8' });
  const query = async () => ({ body: 1, stale: true });
  const { headers } = await answer({ models: ['a'], atLeast: '8', query });
  expect(headers).toEqual({ 'dispatch-position': '8', 'dispatch-stale': 'true' });
});

describe('what goes wrong in a query', () => {
  const failing = (error: Error, cursor?: string) =>
    still({ a: '8' }).answer({ models: ['a'], atLeast: undefined, cursor, query: () => Promise.reject(error) });
  const ofState = (code: string) => Object.assign(new DatabaseError('text', 1, 'error'), { code });

  test('a cursor that cannot be read, or holds what no column does, is the client’s', async () => {
    for (const error of [new InvalidCursor('no'), ofState('22003')])
      expect(await refusalOf(failing(error, 'abc'))).toMatchObject({
        code: 'INVALID_QUERY',
        details: { fields: [{ field: 'cursor' }] },
      });
  });

  test('a table that has not the columns of this release yet is behind', async () => {
    expect(await refusalOf(failing(ofState('42703')))).toMatchObject({ code: 'READ_MODEL_BEHIND', status: 503 });
  });

  test('the rest is not', async () => {
    for (const [error, cursor] of [
      [ofState('22003'), undefined],
      [ofState('42P01'), 'abc'],
      [new Error('a fault of ours'), 'abc'],
    ] as const)
      await expect(failing(error, cursor)).rejects.toBe(error);
  });

  test('a database that is away is told from a query that is wrong', async () => {
    const away = readAnswers({
      waitMs: 0,
      lastWritten: () => 'start',
      db: { query: () => Promise.reject(ofState('57014')) },
      models: { positionOf: async () => '8', waitFor: async () => true },
    });
    const query = async (db: Queryable) => {
      await db.query('select', []);
      return { body: 1, stale: false };
    };
    await expect(away({ models: ['a'], atLeast: undefined, query })).rejects.toThrow(ReadModelsUnavailable);
  });
});
