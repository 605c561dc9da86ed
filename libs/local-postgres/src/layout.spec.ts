import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { layoutOf } from './layout.js';

test('the socket lies in the data folder', () => {
  expect(layoutOf('/srv/dispatch').sockets).toBe(join('/srv/dispatch/postgres/socket'));
});

test('a data folder too deep for a socket has its own short one, the same each time', () => {
  const deep = `/srv/${'deep/'.repeat(30)}`;
  const { sockets } = layoutOf(deep);
  expect(dirname(sockets)).toBe(tmpdir());
  expect(layoutOf(deep).sockets).toBe(sockets);
  expect(layoutOf(`${deep}er`).sockets).not.toBe(sockets);
});

test('the limit is in bytes, not in characters', () => {
  expect(dirname(layoutOf(`/srv/${'ä'.repeat(40)}`).sockets)).toBe(tmpdir());
});
