import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openProcessLog } from './process-log.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dispatch-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a signal makes it say more, another one as much as before', async () => {
  const path = join(folder, 'dispatch.log');
  const { log, close } = await openProcessLog({ logLevel: 'error', logFile: { path, megabytes: 1, keep: 1 } }, 'test');
  log.info({}, 'before');
  process.emit('SIGUSR2');
  log.debug({}, 'meanwhile');
  process.emit('SIGUSR2');
  log.info({}, 'after');
  await close();
  process.emit('SIGUSR2');
  const text = await readFile(join(folder, 'dispatch.1.log'), 'utf8');
  const said = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(said.map(({ msg }) => msg)).toEqual(['log level changed', 'meanwhile']);
  expect(said[0]).toMatchObject({ log_level: 'debug', pid: process.pid, service: 'test' });
});

test('a file that cannot be opened stops the start with the variable', async () => {
  const logFile = { path: join(folder, 'no', 'dispatch.log'), megabytes: 1, keep: 1 };
  await expect(openProcessLog({ logLevel: 'info', logFile }, 'test')).rejects.toMatchObject({
    name: 'ConfigFault',
    variable: 'DISPATCH_LOG_FILE',
  });
});
