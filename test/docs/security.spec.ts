import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Each threat, and the tests that the page names as its proofs: a file, linked, and a title in it. */
const threats = page
  .split(/^## /m)
  .filter((part) => part.startsWith('Threats\n'))
  .flatMap((part) => part.split(/^### /m).slice(1))
  .map((section) => ({
    name: section.slice(0, section.indexOf('\n')),
    proofs: [...section.matchAll(/^- \[`([^`]+)`\]\(\.\.\/([^)]+)\) "(.+)"$/gm)].map(([, ...proof]) => proof),
  }));

test('every threat names a control and a test', () => {
  expect(threats.length).toBeGreaterThan(10);
  expect(threats.filter(({ proofs }) => proofs.length === 0)).toEqual([]);
});

test('every test that is named exists', () => {
  const missing = threats.flatMap(({ proofs }) =>
    proofs.filter(([shown, file = '', title = '']) => {
      const text = readFileSync(join(root, file), 'utf8');
      return shown !== file || ![`'${title}'`, `"${title}"`].some((quoted) => text.includes(quoted));
    }),
  );
  expect(missing).toEqual([]);
});
