import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lifecyclePage } from './lifecycle-page.js';
import { loadPolicy } from './load.js';

const root = join(import.meta.dirname, '../../..');
const page = join(root, 'docs/lifecycle.md');

test('docs/lifecycle.md says what policy/ says', async () => {
  const printed = lifecyclePage(await loadPolicy(join(root, 'policy')));
  if (process.env.UPDATE_DOCS === '1') await writeFile(page, printed);
  expect(await readFile(page, 'utf8')).toBe(printed);
});
