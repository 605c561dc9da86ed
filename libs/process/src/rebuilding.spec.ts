import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openMemoryEventStore } from '@dispatch/event-store';
import { ManyKeysFail, readModel, RebuildRefused } from '@dispatch/projection';
import { until } from '../../projection/src/testing/world.js';
import { rebuildingApart } from './rebuilding.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-rebuilding-'));
});
afterAll(() => rm(folder, { recursive: true }));

const model = readModel({
  name: 'queue',
  version: 1,
  sql: '',
  streams: [],
  decode: ({ type, data }) => ({ type, data }),
  begins: {},
  when: {},
});

/** A rebuild of a long log, where the other process does this once it is told what to do. */
async function rebuildBy(code: string, signal = new AbortController().signal): Promise<void> {
  const script = join(folder, 'script.mjs');
  await writeFile(script, `process.once('message', (task) => { ${code} });`);
  const store = { ...openMemoryEventStore(), head: async () => '1000000' };
  const parts = {
    url: 'postgres://log',
    store,
    settings: { eventStoreUrl: undefined, logTimeoutMs: 1_000 },
    script: pathToFileURL(script),
  };
  await rebuildingApart(parts)(model, signal);
}
const says = (told: object) => `process.send(${JSON.stringify(told)});`;

test('the other process is told which, where, and nothing of the environment; it may take its time to end', async () => {
  const rebuilt = rebuildBy(`
    if (task.name === 'queue' && task.url === 'postgres://log' && process.env.PATH === undefined)
      ${says({ done: true })}
    setInterval(() => {}, 1000);
  `);
  await expect(rebuilt).resolves.toBeUndefined();
});

test.each([
  ['RebuildRefused', RebuildRefused],
  ['ManyKeysFail', ManyKeysFail],
  ['TypeError', Error],
])('a %s there is one here', async (error, kind) => {
  const failed = rebuildBy(says({ error, message: 'no reason' }));
  await expect(failed).rejects.toBeInstanceOf(kind);
  await expect(failed).rejects.toThrow('no reason');
});

test('one that ends without a word has failed', async () => {
  await expect(rebuildBy('process.exit(0);')).rejects.toThrow('without a word');
});

test('it is ended with the signal', async () => {
  const stopping = new AbortController();
  const begun = join(folder, 'begun');
  const running = rebuildBy(
    `process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(begun)}, ''); setInterval(() => {}, 1000);`,
    stopping.signal,
  );
  const ended = expect(running).rejects.toThrow('without a word');
  await until('it has begun', async () => existsSync(begun));
  stopping.abort();
  await ended;
});

test('it is not begun once the signal has aborted', async () => {
  await expect(rebuildBy('setInterval(() => {}, 1000);', AbortSignal.abort())).rejects.toThrow('aborted');
});
