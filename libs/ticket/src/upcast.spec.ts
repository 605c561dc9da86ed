import { expect, test } from '@jest/globals';
import { created } from './testing/events.js';
import { folded } from './testing/scenario.js';
import { currentVersion, type Upcasters, upcast } from './upcast.js';

/**
 * An imagined past: version 1 said `urgent` for the priority, version 2 named the priority but knew no risk
 * flags, version 3 is today's.
 */
const table: Upcasters = {
  TicketTriaged: [
    ({ urgent, ...rest }) => ({ ...rest, priority: urgent === true ? 'URGENT' : 'ROUTINE' }),
    (data) => ({ ...data, riskFlags: data.priority === 'URGENT' ? ['was urgent'] : [] }),
  ],
};
const shared = { incidentType: 'DOOR_WONT_LATCH', nteCents: 0, outcome: 'TRIAGED', approval: null };
const today = { ...shared, priority: 'URGENT', riskFlags: ['was urgent'] };

test('an event of the first version goes through every step, in order', () => {
  const event = upcast('TicketTriaged', 1, { ...shared, urgent: true }, table);
  expect(event).toStrictEqual({ type: 'TicketTriaged', data: today });
  expect(folded(created(), event)).toMatchObject({ state: 'TRIAGED', priority: 'URGENT', riskFlags: ['was urgent'] });
});

test('one of a later version only through what is left', () => {
  expect(upcast('TicketTriaged', 2, { ...shared, priority: 'URGENT' }, table)).toStrictEqual({
    type: 'TicketTriaged',
    data: today,
  });
});

test("one of today's version, and one that never changed, stays as it is", () => {
  const data = { ...shared, priority: 'EMERGENCY', riskFlags: ['glass'] };
  expect(upcast('TicketTriaged', 3, data, table).data).toBe(data);
  expect(upcast('TicketClosed', 1, { reason: null }, table)).toStrictEqual({
    type: 'TicketClosed',
    data: { reason: null },
  });
});

test('the shape in the log is left as it was', () => {
  const logged = Object.freeze({ ...shared, urgent: false });
  upcast('TicketTriaged', 1, logged, table);
  expect(logged).toStrictEqual({ ...shared, urgent: false });
});

test.each([4, 99, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('version %p is not guessed at', (version) => {
  expect(() => upcast('TicketTriaged', version, today, table)).toThrow(`version ${version}`);
});

test('without a table of their own, events are of this release', () => {
  expect(() => upcast('TicketTriaged', 2, today)).toThrow('TicketTriaged of version 2');
});

test('the version that is written is one past the upcasters', () => {
  expect(currentVersion('TicketTriaged', table)).toBe(3);
  expect(currentVersion('TicketClosed', table)).toBe(1);
  expect(currentVersion('TicketTriaged')).toBe(1);
});
