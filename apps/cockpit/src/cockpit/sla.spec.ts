import { describe, expect, it } from '@jest/globals';
import { remainingOf, remainingText } from './sla.js';

const NOW = Date.parse('2026-11-25T12:00:00.000Z');
const running = (deadline: string) => ({
  sla_clock: 'running' as const,
  sla_deadline_at: deadline,
  sla_timer_remaining_minutes: 999,
  sla_status: 'healthy' as const,
});

describe('the SLA clock', () => {
  it.each([
    ['2026-11-25T12:31:00.000Z', 'healthy'],
    // 30 whole minutes and a bit.
    ['2026-11-25T12:30:59.999Z', 'warning'],
    ['2026-11-25T12:00:00.000Z', 'warning'],
    ['2026-11-25T11:59:59.999Z', 'breach'],
  ])('a deadline of %s is %s', (deadline, status) => {
    expect(remainingOf(running(deadline), NOW, 30).status).toBe(status);
  });

  it.each(['paused', 'stopped'] as const)('says what the service said while it is %s', (sla_clock) => {
    const row = { ...running('2020-01-01T00:00:00.000Z'), sla_clock, sla_timer_remaining_minutes: 12 };
    expect(remainingOf(row, NOW, 30)).toEqual({ ms: 720_000, status: 'healthy' });
  });

  it('knows rows without one', () => {
    const none = { sla_clock: null, sla_deadline_at: null, sla_timer_remaining_minutes: null, sla_status: null };
    expect(remainingOf(none, NOW, 30)).toEqual({ ms: undefined, status: undefined });
  });

  it.each([
    [249_000, '4m 09s'],
    [-61_000, '−1m 01s'],
    [11_100_000, '3h 05m'],
    [-172_800_000, '−2d 00h'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(remainingText(ms)).toBe(text);
  });
});
