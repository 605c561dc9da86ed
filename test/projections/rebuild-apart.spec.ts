import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { verify } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { history } from '../../apps/cli/src/seed/history.js';
import { shippedPolicy, startApi } from '../support/api.js';
import { startProcess } from '../support/process.js';

/** More than a process folds by itself. */
const NOTES = 5_000;

test('a long log is folded by a process beside the projector, into the right rows', async () => {
  const api = await startApi({ projections: false });
  const { store, models, database } = api;
  const note = { type: 'Noted', schemaVersion: 1, data: {}, metadata: {}, at: '2026-01-05T08:00:00.000Z' };
  await Promise.all(
    Array.from({ length: NOTES }, (_, n) => store.append(`note-${n}`, 'none', { ...note, id: randomUUID() })),
  );
  for (const { stream, expected, event } of history({ policy: await shippedPolicy(), seed: 1, tickets: 10 }))
    await store.append(stream, expected, event);

  const projector = await startProcess('projector', {
    DISPATCH_DATABASE_URL: database.url,
    DISPATCH_DATABASE_MIGRATION_URL: database.ownerUrl,
  });
  const names = READ_MODELS.map(({ name }) => name);
  expect(await models.waitFor(names, await store.head(), 60_000)).toBe(true);
  projector.terminate();
  expect(await projector.exited).toBe(0);
  for (const model of READ_MODELS)
    expect(await verify(model, { url: database.url, store })).toMatchObject({ differences: [] });
  await api.close();
});
