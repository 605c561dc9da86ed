import { expect, test } from '@jest/globals';
import { type Instant, parseInstant, parseUuid, type Uuid } from '@dispatch/ticket';
import { knownDirectory } from './known-directory.js';

const id = (n: number) => parseUuid(`00000000-0000-4000-8000-00000000000${n}`) as Uuid;
const at = (second: number) => parseInstant(new Date(Date.UTC(2026, 0, 1) + 1_000 * second).toISOString()) as Instant;
const [site, first, second, third] = [id(1), id(2), id(3), id(4)];

test('a site is of its account, and for a moment also of the one that it was moved from', () => {
  const directory = knownDirectory();
  expect(directory.accountOfSite(site, first, at(0))).toBeUndefined();
  directory.state('site', site, at(0), first);
  expect(directory.accountOfSite(site, first, at(1))).toBe(first);
  expect(directory.accountOfSite(site, second, at(1))).toBe(first);
  directory.state('site', site, at(60), second);
  directory.state('site', site, at(61), second);
  expect(directory.accountOfSite(site, second, at(62))).toBe(second);
  expect(directory.accountOfSite(site, first, at(62))).toBe(first);
  expect(directory.accountOfSite(site, third, at(62))).toBe(second);
  expect(directory.accountOfSite(site, first, at(75))).toBe(second);
});

test('kinds do not know each other by their ids', () => {
  const directory = knownDirectory();
  directory.state('account', site, at(0));
  expect([directory.has('account', site), directory.has('site', site), directory.has('technician', site)]).toEqual([
    true,
    false,
    false,
  ]);
});
