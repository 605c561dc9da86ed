import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantOf, later, MAX_CENTS, parseCents, parseInstant, parseUuid, roundCents } from './kernel.js';
import { at } from './testing/values.js';

describe('an instant', () => {
  test.each([
    ['2026-01-05T08:09:10.123Z', '2026-01-05T08:09:10.123Z'],
    ['2026-01-05T08:09:10Z', '2026-01-05T08:09:10.000Z'],
    ['2026-01-05T08:09Z', '2026-01-05T08:09:00.000Z'],
    ['2026-01-05t08:09:10z', '2026-01-05T08:09:10.000Z'],
    ['2026-01-05T08:09:10.1Z', '2026-01-05T08:09:10.100Z'],
    ['2026-01-05T08:09:10,12Z', '2026-01-05T08:09:10.120Z'],
    ['2026-01-05T08:09:10.999999999Z', '2026-01-05T08:09:10.999Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    ['2026-01-05T08:09:10+00:00', '2026-01-05T08:09:10.000Z'],
    ['2026-01-05T08:09:10-00:00', '2026-01-05T08:09:10.000Z'],
    ['2026-01-05T08:09:10+14:00', '2026-01-04T18:09:10.000Z'],
    ['2026-01-05T08:09:10-08', '2026-01-05T16:09:10.000Z'],
    ['2026-01-05T08:09:10+0530', '2026-01-05T02:39:10.000Z'],
    ['2026-01-05T08:09-03:30', '2026-01-05T11:39:00.000Z'],
    ['2026-01-05T08:09:10+23:59', '2026-01-04T08:10:10.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-06-01T00:00:00Z', '0099-06-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, canonical) => {
    expect(parseInstant(text)).toBe(canonical);
  });

  test.each([
    ['30 February', '2026-02-30T00:00:00Z'],
    ['29 February of a common year', '2026-02-29T00:00:00Z'],
    ['29 February of a century', '1900-02-29T00:00:00Z'],
    ['31 April', '2026-04-31T00:00:00Z'],
    ['31 June', '2026-06-31T00:00:00Z'],
    ['31 September', '2026-09-31T00:00:00Z'],
    ['31 November', '2026-11-31T00:00:00Z'],
    ['32 January', '2026-01-32T00:00:00Z'],
    ['day 0', '2026-01-00T00:00:00Z'],
    ['month 0', '2026-00-01T00:00:00Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['hour 24', '2026-01-05T24:00:00Z'],
    ['minute 60', '2026-01-05T08:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['no offset', '2026-01-05T08:09:10'],
    ['offset hour 24', '2026-01-05T08:09:10+24:00'],
    ['offset minute 60', '2026-01-05T08:09:10+01:60'],
    ['a bare sign', '2026-01-05T08:09:10+'],
    ['two offsets', '2026-01-05T08:09:10Z+01:00'],
    ['a date', '2026-01-05'],
    ['an hour', '2026-01-05T08Z'],
    ['a fraction of a minute', '2026-01-05T08:09.5Z'],
    ['an empty fraction', '2026-01-05T08:09:10.Z'],
    ['ten decimals', '2026-01-05T08:09:10.0123456789Z'],
    ['the basic form', '20260105T080910Z'],
    ['a space for T', '2026-01-05 08:09:10Z'],
    ['space around', ' 2026-01-05T08:09:10Z'],
    ['a line end', '2026-01-05T08:09:10Z\n'],
    ['a short year', '26-01-05T08:09:10Z'],
    ['a signed year', '+002026-01-05T08:09:10Z'],
    ['year 0', '0000-12-31T23:59:59Z'],
    ['year 0 by its offset', '0001-01-01T00:00:00+00:01'],
    ['year 10000 by its offset', '9999-12-31T23:59:59-00:01'],
    ['other digits', '２０２６-01-05T08:09:10Z'],
    ['nothing', ''],
    ['a word', 'now'],
    ['milliseconds', 1_767_600_000_000],
    ['a Date', new Date(0)],
    ['null', null],
    ['undefined', undefined],
    ['a list', ['2026-01-05T08:09:10Z']],
  ])('is not: %s', (_what, value) => {
    expect(parseInstant(value)).toBeUndefined();
  });

  const FIRST = Date.parse('0001-01-02T00:00:00Z');
  const LAST = Date.parse('9999-12-30T23:59:59.999Z');
  const two = (n: number) => String(n).padStart(2, '0');

  test('written with any offset is the same instant as Date gives, and canonical text is a fixpoint', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST }), fc.integer({ min: -1439, max: 1439 }), (ms, offset) => {
        const canonical = new Date(ms).toISOString();
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
        expect(parseInstant(`${local}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`)).toBe(canonical);
        expect(parseInstant(canonical)).toBe(canonical);
        expect(instantOf(ms)).toBe(canonical);
      }),
    );
  });

  test('any text of that shape is an instant just when it names a day of the calendar', () => {
    const field = (max: number) => fc.integer({ min: 0, max }).map(two);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), field(14), field(33), field(25), field(61), (y, m, d, hour, s) => {
        const text = `${String(y).padStart(4, '0')}-${m}-${d}T${hour}:00:${s}.000Z`;
        // Date lets 30 February run into March and 24:00 into tomorrow: what does not come back was no date.
        const date = new Date(text);
        const real = !Number.isNaN(date.getTime()) && date.toISOString() === text;
        expect(parseInstant(text)).toBe(real ? text : undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  test('stands in time order as text; the later of two is the greater', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST }), fc.integer({ min: FIRST, max: LAST }), (a, b) => {
        expect(later(instantOf(a), instantOf(b))).toBe(instantOf(Math.max(a, b)));
      }),
    );
    expect(later(at(1), at(1))).toBe(at(1));
  });
});

describe('a UUID', () => {
  const lower = '0190a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b';

  test.each([
    [lower, lower],
    [lower.toUpperCase(), lower],
    ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
    ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ])('%s is %s', (text, canonical) => {
    expect(parseUuid(text)).toBe(canonical);
  });

  test.each([
    '',
    '*',
    lower.slice(1),
    `${lower}0`,
    ` ${lower}`,
    `${lower}\n`,
    `{${lower}}`,
    `urn:uuid:${lower}`,
    lower.replaceAll('-', ''),
    lower.replace('a', 'g'),
    7,
    null,
    undefined,
    [lower],
    { toString: () => lower },
  ])('is not: %p', (value) => {
    expect(parseUuid(value)).toBeUndefined();
  });
});

describe('an amount', () => {
  test.each([0, 1, 50_000, MAX_CENTS])('%p cents', (value) => {
    expect(parseCents(value)).toBe(value);
  });

  test.each([
    -1,
    -0,
    0.5,
    1.0000000001,
    MAX_CENTS + 1,
    Number.MAX_SAFE_INTEGER,
    1e300,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    '5',
    '',
    5n,
    true,
    null,
    undefined,
    [5],
  ])('is not: %p', (value) => {
    expect(parseCents(value)).toBeUndefined();
  });

  test.each([
    [0.4, 0],
    [0.5, 1],
    [1.5, 2],
    [MAX_CENTS + 1, MAX_CENTS],
    [Number.POSITIVE_INFINITY, MAX_CENTS],
  ])('a sum of %p is %p', (sum, cents) => {
    expect(roundCents(sum)).toBe(cents);
  });
});
