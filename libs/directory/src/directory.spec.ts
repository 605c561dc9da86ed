import type { Recorded } from '@dispatch/event-store';
import { expect, test } from '@jest/globals';
import { type Entities, entryBody, foldEntry, streamOf } from './directory.js';

const id = '6f1c1d6e-0000-4000-8000-000000000001';
const stated = (revision: number, name: string, at: string, change: Partial<Recorded> = {}): Recorded => ({
  id: '6f1c1d6e-0000-4000-8000-0000000000aa',
  stream: streamOf('account', id),
  revision,
  position: '1',
  type: 'AccountStated',
  schemaVersion: 1,
  data: { name },
  metadata: {},
  at,
  prevHash: '',
  hash: '',
  ...change,
});

test('the last statement holds; the first one dates the entity', () => {
  const first = foldEntry('account')(undefined, stated(0, 'Acme', '2026-01-01T00:00:00.000Z'));
  const second = foldEntry('account')(first, stated(1, 'Acme Doors', '2026-02-01T00:00:00.000Z'));
  expect(entryBody(second)).toEqual({
    id,
    name: 'Acme Doors',
    version: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-02-01T00:00:00.000Z',
  } satisfies Entities['account'] & Record<string, unknown>);
});

test.each([{ type: 'SiteStated' }, { schemaVersion: 2 }])('an event it does not know is not folded: %o', (change) => {
  const event = stated(0, 'Acme', '2026-01-01T00:00:00.000Z', change);
  expect(() => foldEntry('account')(undefined, event)).toThrow('is no event of a account');
});
