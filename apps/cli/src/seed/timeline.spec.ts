import { expect, test } from '@jest/globals';
import type { Appending } from './recorded.js';
import { timeline } from './timeline.js';

const happening = (stream: string, second: number): Appending => {
  const at = new Date(second * 1_000).toISOString();
  return { stream, expected: 'any', event: { id: '', type: '', schemaVersion: 1, data: {}, metadata: {}, at } };
};
const shown = (events: Iterable<Appending>) =>
  [...events].map(({ stream, event }) => `${stream}${Date.parse(event.at) / 1_000}`).join(' ');

test('all before a time comes out in the order of time, what happens at once as it was added', () => {
  const coming = timeline();
  coming.add([happening('a', 3), happening('b', 3), happening('c', 3), happening('d', 9)]);
  coming.add([happening('e', 1), happening('f', 3), happening('g', 2), happening('h', 3)]);
  expect(shown(coming.before(3_000))).toBe('e1 g2');
  coming.add([happening('i', 3), happening('j', 4)]);
  expect(shown(coming.before(9_000))).toBe('a3 b3 c3 f3 h3 i3 j4');
  expect(shown(coming.before(9_000))).toBe('');
  expect(shown(coming.before(Infinity))).toBe('d9');
});

test('a thousand in any order come out sorted', () => {
  const coming = timeline();
  const seconds = Array.from({ length: 1_000 }, (_, index) => (index * 619) % 1_000);
  for (const second of seconds) coming.add([happening('', second)]);
  expect(shown(coming.before(Infinity))).toBe(seconds.toSorted((a, b) => a - b).join(' '));
});
