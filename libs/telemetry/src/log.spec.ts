import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openLog } from './log.js';
import { openLogFile } from './log-file.js';

/** Lines as they were written. */
function lines() {
  const written: string[] = [];
  return { written, stream: { write: (line: string) => void written.push(line) } };
}

test('a secret in what an error says, or under a name that may hold one, is not in the line', () => {
  const { written, stream } = lines();
  const log = openLog('info', stream);
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
  log.warn({ reason: 'connect postgresql://app:hunter2@db:5432/dispatch failed', error: `Bearer hunter2 ${jwt}` }, 'a');
  log.error({ stack: `Error: esdb://hunter2@cluster\n at hunter (x.ts:1)`, headers: { cookie: 'hunter2' } }, 'b');
  log.info({ token: 'hunter2', body: { name: 'hunter2' }, url: '/hunter2', password: 'hunter2' }, 'c');
  expect(written).toHaveLength(3);
  expect(written.join('')).not.toMatch(/hunter2|eyJ/);
  expect(written[0]).toContain('postgresql://[hidden]@db:5432/dispatch failed');
});

test('the level can be another one for a while', () => {
  const { written, stream } = lines();
  const log = openLog('warn', stream);
  log.info({}, 'before');
  log.setLevel('debug');
  log.debug({}, 'meanwhile');
  log.setLevel();
  log.info({}, 'after');
  log.warn({}, 'still');
  expect(written.map((line) => JSON.parse(line).msg)).toEqual(['meanwhile', 'still']);
});

describe('a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dispatch-log-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('gets the same lines beside the other stream, added to what is there', async () => {
    const path = join(folder, 'dispatch.log');
    const { written, stream } = lines();
    for (const run of ['first', 'second']) {
      const file = await openLogFile({ path, megabytes: 1, keep: 2 });
      openLog('info', [stream, file]).info({ run }, 'started');
      await file.close();
    }
    expect(await readFile(join(folder, 'dispatch.1.log'), 'utf8')).toBe(written.join(''));
    expect(written).toHaveLength(2);
  });

  test('is followed by the next when it is full; so many are kept', async () => {
    const file = await openLogFile({ path: join(folder, 'rolled.log'), megabytes: 1, keep: 2 });
    const log = openLog('info', file);
    const names = async () => (await readdir(folder)).filter((name) => name.startsWith('rolled')).sort();
    for (let n = 1; n <= 4; n += 1) {
      log.info({ filler: 'x'.repeat(1024 * 1024) }, 'much');
      const newest = `rolled.${n + 1}.log`;
      while (!(await names()).includes(newest)) await new Promise(setImmediate);
    }
    while ((await names()).length > 2) await new Promise(setImmediate);
    expect(await names()).toEqual(['rolled.4.log', 'rolled.5.log']);
    await file.close();
  });

  test('in a folder that is not there cannot be opened', async () => {
    await expect(openLogFile({ path: join(folder, 'no', 'dispatch.log'), megabytes: 1, keep: 2 })).rejects.toThrow(
      'ENOENT',
    );
  });
});
