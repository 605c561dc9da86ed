import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readOpsSettings } from '@dispatch/process';
import { ALERTS, alertsOf, type Signals } from './signals.js';

const { thresholds } = readOpsSettings({});
const quiet: Signals = {
  stuck_scheduling_count: 0,
  completion_rejection_count: 0,
  idempotency_conflict_count: 0,
  auth_policy_rejection_count: 0,
  projection_lag_positions: 0,
};

test('nothing is wrong: no alert', () => {
  expect(alertsOf(quiet, thresholds)).toEqual([]);
});

test.each(ALERTS)('$code is raised at its threshold, and not one below', ({ code, signal, severity, runbook }) => {
  const threshold = thresholds[signal];
  expect(alertsOf({ ...quiet, [signal]: threshold - 1 }, thresholds)).toEqual([]);
  const stale = code === 'STUCK_SCHEDULING' ? { stale_minutes: 240 } : {};
  expect(alertsOf({ ...quiet, [signal]: threshold }, thresholds)).toEqual([
    { code, severity, count: threshold, threshold, runbook, ...stale },
  ]);
});

test('every alert has a page that says what to do', () => {
  for (const { runbook } of ALERTS)
    expect([runbook, existsSync(join(import.meta.dirname, '../../../..', runbook))]).toEqual([runbook, true]);
});
