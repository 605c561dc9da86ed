import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allowance } from './allowance.js';
import { attempt, second, strange } from './testing/attempts.js';

const by = (id: string, at = second(0)) => attempt({ at, actor: { id, role: null, type: null } });

test('a source has its number in a minute, and again in the next', () => {
  const allowed = allowance({ perMinute: 100, perSource: 2 });
  const took = (at: string) => [1, 2, 3].map(() => allowed.takes(by('ann', at)));
  expect([took(second(1)), took(second(59)), took(second(60))]).toEqual([
    [true, true, false],
    [false, false, false],
    [true, true, false],
  ]);
  expect([allowed.takes(by('bob', second(61))), allowed.takes(strange('192.0.2.0/24', { at: second(61) }))]).toEqual([
    true,
    true,
  ]);
});

test('strangers of however many networks leave half of it to those who are known', () => {
  const allowed = allowance({ perMinute: 10, perSource: 5 });
  const strangers = Array.from({ length: 50 }, (_, n) => allowed.takes(strange(`192.0.${n}.0/24`)));
  const known = Array.from({ length: 50 }, (_, n) => allowed.takes(by(`actor-${n}`)));
  expect([strangers, known].map((all) => all.filter(Boolean).length)).toEqual([5, 5]);
});

test('a clock that was put back begins no new minute', () => {
  const allowed = allowance({ perMinute: 1, perSource: 1 });
  expect([second(60), second(0), second(60)].map((at) => allowed.takes(by('ann', at)))).toEqual([true, false, false]);
});

test('what was not recorded is told once its minute is over: how many, why, and of whom most', () => {
  const allowed = allowance({ perMinute: 3, perSource: 2 });
  for (const n of [1, 2, 3, 4, 5]) allowed.takes(by('ann', second(n)));
  allowed.takes(strange('192.0.2.0/24', { at: second(6) }));
  allowed.takes(strange('192.0.2.0/24', { at: second(7) }));
  allowed.lost(by('bob', second(8)));
  expect([allowed.unrecorded(second(59)), allowed.owes()]).toEqual([[], true]);
  expect(allowed.unrecorded(second(60))).toEqual([
    {
      from: second(3),
      to: second(8),
      count: 5,
      by_reason: { source: 3, total: 1, log: 1 },
      by_code: { FORBIDDEN: 4, AUTH_REQUIRED: 1 },
      sources: [
        { actor_id: 'ann', network: null, count: 3 },
        { actor_id: null, network: '192.0.2.0/24', count: 1 },
        { actor_id: 'bob', network: null, count: 1 },
      ],
    },
  ]);
  expect([allowed.unrecorded(), allowed.owes()]).toEqual([[], false]);
});

test('whatever comes, each attempt is taken or counted, and no bound is passed', () => {
  const limits = fc.record({ perMinute: fc.integer({ min: 1, max: 8 }), perSource: fc.integer({ min: 1, max: 4 }) });
  const one = fc.record({ who: fc.integer({ min: 0, max: 5 }), known: fc.boolean(), second: fc.nat(150) });
  fc.assert(
    fc.property(limits, fc.array(one, { maxLength: 80 }), ({ perMinute, perSource }, all) => {
      const allowed = allowance({ perMinute, perSource });
      const inOrder = all.toSorted((a, b) => a.second - b.second);
      const taken = inOrder.filter(({ who, known, second: n }) =>
        allowed.takes(known ? by(`${who}`, second(n)) : strange(`192.0.${who}.0/24`, { at: second(n) })),
      );
      const counted = allowed.unrecorded().reduce((sum, { count }) => sum + count, 0);
      expect(taken.length + counted).toBe(all.length);
      for (const [, ofMinute] of Map.groupBy(taken, ({ second: n }) => Math.floor(n / 60))) {
        expect(ofMinute.length).toBeLessThanOrEqual(perMinute);
        for (const [, own] of Map.groupBy(ofMinute, ({ who, known }) => `${who} ${known}`))
          expect(own.length).toBeLessThanOrEqual(perSource);
      }
    }),
  );
});
