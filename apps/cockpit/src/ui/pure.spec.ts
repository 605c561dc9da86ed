import { describe, expect, it } from '@jest/globals';
import { centsOf, dollars, typedCents } from './money.js';
import { sentenceOf } from './sentences.js';
import { inWords } from './words.js';
import { instantOf, knownZone, localOf, windowIn } from './zone.js';

describe('money', () => {
  it.each([
    ['2500', 250_000],
    ['$2,500.50', 250_050],
    ['0.1', 10],
    ['19.99', 1_999],
    ['1.005', undefined],
    ['-4', undefined],
    ['1,00', undefined],
    ['', undefined],
    ['99999999999999999999', undefined],
  ])('takes %j as %j cents', (text, cents) => {
    expect(centsOf(text)).toBe(cents);
  });

  it('shows cents as dollars, and gives a field back what it takes', () => {
    expect(dollars(250_050)).toBe('$2,500.50');
    expect(centsOf(typedCents(1_005))).toBe(1_005);
  });
});

describe('times of a zone', () => {
  const zone = 'America/Los_Angeles';

  it.each([
    ['2026-11-25T15:04', '2026-11-25T23:04:00.000Z'],
    ['2026-07-01T00:00', '2026-07-01T07:00:00.000Z'],
    // Skipped: clocks go from 2:00 to 3:00.
    ['2026-03-08T02:30', '2026-03-08T10:30:00.000Z'],
    // Twice: the first one is meant.
    ['2026-11-01T01:30', '2026-11-01T08:30:00.000Z'],
    ['tomorrow', undefined],
  ])('reads %s there as %s', (local, instant) => {
    expect(instantOf(zone, local)).toBe(instant);
  });

  it.each(['2026-11-25T15:04', '2026-03-08T03:30', '2026-11-01T00:59'])('shows %s again as it was entered', (local) => {
    expect(localOf(zone, instantOf(zone, local) ?? '')).toBe(local);
  });

  it('reads a zone with half an hour, on either side of Greenwich', () => {
    expect(instantOf('Asia/Kolkata', '2026-01-01T00:00')).toBe('2025-12-31T18:30:00.000Z');
  });

  it('names the zone of a window, and the day of its end where it differs', () => {
    expect(windowIn(zone, '2026-11-25T23:00:00.000Z', '2026-11-26T01:00:00.000Z')).toMatch(
      /^Nov 25, 3:00\sPM to 5:00\sPM PST$/,
    );
    expect(windowIn(zone, '2026-11-25T23:00:00.000Z', '2026-11-26T23:00:00.000Z')).toContain('Nov 26');
    expect(windowIn(zone, null, null)).toBe('Not scheduled');
  });

  it('falls back where the browser does not know the zone', () => {
    expect(knownZone('Mars/Olympus')).toBe('UTC');
    expect(knownZone('Europe/Paris')).toBe('Europe/Paris');
  });
});

describe('sentences', () => {
  it('says where the ticket is and where it must be', () => {
    expect(
      sentenceOf({
        code: 'INVALID_STATE_TRANSITION',
        from_state: 'NEW',
        allowed_from_states: ['SCHEDULED', 'TRIAGED'],
      }),
    ).toBe('The ticket is “New”; this is possible while it is “Scheduled” or “Triaged”.');
  });

  it('names what a closeout lacks', () => {
    expect(
      sentenceOf({
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        missing_evidence_keys: ['photo_after_repair_or_board_up'],
      }),
    ).toBe('The closeout still lacks: photo after repair or board up.');
  });

  it('says what the service said where it has no sentence', () => {
    expect(sentenceOf({ code: 'NEW_CODE', message: 'no such thing' })).toBe('no such thing.');
    expect(inWords('assignment.dispatch')).toBe('Assignment dispatch');
  });
});
