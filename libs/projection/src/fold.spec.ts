import { describe, expect, test } from '@jest/globals';
import type { Recorded } from '@dispatch/event-store';
import fc from 'fast-check';
import { type FoldInput, fold } from './fold.js';
import { type ReadModel, type Row, readModel } from './read-model.js';
import { added, anEventOf, type CounterEvent, closed, counters, opened, POISON } from './testing/counters.js';

const model = readModel(counters());

/** A log of these events, each of the stream named. */
function log(...said: readonly (readonly [stream: string, event: CounterEvent])[]): Recorded[] {
  const revisions = new Map<string, number>();
  return said.map(([stream, event], index) => {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    return { ...anEventOf(event), stream, revision, position: String(index + 1), prevHash: '', hash: '' };
  });
}

function folded(events: readonly Recorded[], given: Partial<FoldInput> = {}) {
  return fold(model, { events, rows: new Map(), held: new Set(), skipped: new Set(), ...given });
}

const at = '2026-01-31T08:00:00.500Z';

test('events of many keys become the rows that changed', () => {
  const { rows, parked } = folded(
    log(['counter-1', opened('one')], ['counter-2', opened('two')], ['counter-1', added(3)], ['counter-2', closed]),
  );
  expect(rows).toEqual(
    new Map([
      ['counter-1', { title: 'one', total: 3, changed_at: at, tags: [at] }],
      ['counter-2', null],
    ]),
  );
  expect(parked).toEqual(new Map());
});

test('streams of other kinds are passed over, and what never began', () => {
  const { rows } = folded(log(['ticket-1', opened()], ['counter-1', added(3)]));
  expect(rows).toEqual(new Map());
});

describe('a poison event', () => {
  const events = log(
    ['counter-1', opened('one')],
    ['counter-1', added(2)],
    ['counter-1', added(POISON)],
    ['counter-1', added(4)],
    ['counter-2', opened('two')],
  );

  test('parks its key where it stands, and no other', () => {
    const { rows, parked } = folded(events);
    expect(parked).toEqual(new Map([['counter-1', { position: '3', revision: 2, error: 'RangeError: thirteen' }]]));
    expect(rows.get('counter-1')).toMatchObject({ total: 2 });
    expect(rows.get('counter-2')).toMatchObject({ title: 'two' });
  });

  test('of a key that is held is not tried', () => {
    const { rows, parked } = folded(events, { held: new Set(['counter-1']) });
    expect(parked.size).toBe(0);
    expect([...rows.keys()]).toEqual(['counter-2']);
  });

  test('that is skipped is as if it had not been', () => {
    const { rows, parked } = folded(events, { skipped: new Set(['2 counter-1']) });
    expect(parked.size).toBe(0);
    expect(rows.get('counter-1')).toMatchObject({ total: 6 });
  });

  test('is named by its error, at bounded length', () => {
    const broken: ReadModel = {
      ...model,
      step() {
        throw new Error('x'.repeat(2_000));
      },
    };
    const { parked } = fold(broken, {
      events: events.slice(0, 1),
      rows: new Map(),
      held: new Set(),
      skipped: new Set(),
    });
    expect(parked.get('counter-1')?.error).toHaveLength(500);
  });
});

test('any cut into batches gives the same rows and parks the same keys', () => {
  const event = fc.oneof(fc.constant(opened()), fc.constantFrom(1, 2, 5, POISON).map(added), fc.constant(closed));
  const said = fc.array(fc.tuple(fc.constantFrom('counter-1', 'counter-2', 'counter-3', 'other-1'), event));
  fc.assert(
    fc.property(said, fc.array(fc.integer({ min: 1, max: 5 })), (history, sizes) => {
      const events = log(...history);
      const whole = folded(events);
      const rows = new Map<string, Row>();
      const parked = new Map();
      for (let from = 0, n = 0; from < events.length; n += 1) {
        const to = from + (sizes[n % Math.max(1, sizes.length)] ?? 1);
        const part = folded(events.slice(from, to), { rows, held: new Set(parked.keys()) });
        for (const [key, row] of part.rows) {
          // As a row comes back from the table.
          if (row) rows.set(key, JSON.parse(JSON.stringify(row)));
          else rows.delete(key);
        }
        for (const [key, parking] of part.parked) parked.set(key, parking);
        from = to;
      }
      expect(rows).toEqual(new Map([...whole.rows].filter(([, row]) => row !== null)));
      expect(parked).toEqual(whole.parked);
    }),
  );
});
