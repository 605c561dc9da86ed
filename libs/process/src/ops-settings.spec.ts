import { expect, test } from '@jest/globals';
import { OPS_VARIABLES, readOpsSettings } from './ops-settings.js';

const TOKEN = 'operators-only-0123456789-0123456789';

test('on a developer machine the numbers are open, with thresholds that make sense', () => {
  expect(readOpsSettings({})).toEqual({
    guarded: false,
    token: undefined,
    thresholds: {
      window_minutes: 15,
      stuck_scheduling_minutes: 240,
      stuck_scheduling_count: 1,
      completion_rejection_count: 10,
      idempotency_conflict_count: 5,
      auth_policy_rejection_count: 25,
      projection_lag_positions: 1_000,
    },
  });
});

test('in production they are not, with or without a token; and with one nowhere', () => {
  expect(readOpsSettings({ NODE_ENV: 'production' })).toMatchObject({ guarded: true, token: undefined });
  expect(readOpsSettings({ DISPATCH_OPS_TOKEN: TOKEN })).toMatchObject({ guarded: true, token: TOKEN });
});

test('every threshold is a variable of its own', () => {
  const numbered = OPS_VARIABLES.slice(1).map((name, n) => [name, `${n + 1}`]);
  expect(Object.values(readOpsSettings(Object.fromEntries(numbered)).thresholds)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a window may be a part of a minute, for a drill', () => {
  const { thresholds } = readOpsSettings({ DISPATCH_ALERT_WINDOW_MINUTES: '0.05' });
  expect(thresholds.window_minutes).toBe(0.05);
});

test.each([
  ['DISPATCH_OPS_TOKEN', 'short'],
  ['DISPATCH_OPS_TOKEN', `${TOKEN} ${TOKEN}`],
  ['DISPATCH_OPS_TOKEN', ''],
  ['DISPATCH_ALERT_WINDOW_MINUTES', '0'],
  ['DISPATCH_ALERT_WINDOW_MINUTES', '0.000'],
  ['DISPATCH_ALERT_WINDOW_MINUTES', '1441'],
  ['DISPATCH_ALERT_STUCK_SCHEDULING_MINUTES', 'soon'],
  ['DISPATCH_ALERT_AUTH_POLICY_COUNT', '1.5'],
  ['DISPATCH_ALERT_PROJECTION_LAG_POSITIONS', '-1'],
])('%s=%s is refused by name', (variable, value) => {
  expect(() => readOpsSettings({ [variable]: value })).toThrow(
    expect.objectContaining({ name: 'ConfigFault', variable }),
  );
});
