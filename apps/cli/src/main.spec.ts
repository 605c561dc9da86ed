import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';

test('when nobody reads on it ends without a word, as SIGPIPE would end it', async () => {
  const typescript = join(import.meta.dirname, '../../../test/support/typescript.mjs');
  const child = spawn(process.execPath, ['--import', typescript, join(import.meta.dirname, 'main.ts'), '--help'], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const exited = once(child, 'exit');
  expect(await text(child.stderr)).toBe('');
  expect(await exited).toEqual([141, null]);
});
