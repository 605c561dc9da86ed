import { expect, test } from '@jest/globals';
import { claimsOf } from '../outbox/actor-key.js';
import { addressLines, mapsLink, telLink, ticketIdIn } from './links.js';
import { sentenceOf, titleOf } from './sentences.js';
import { momentText, windowText } from './when.js';
import { centsOf } from '../ui/money.js';
import { inWords } from '../ui/words.js';
import { promptOf } from './words.js';

const address = {
  address1: '4 Pier Road',
  address2: null,
  city: 'Oakland',
  region: 'CA',
  postal_code: '94607',
  country: 'US',
};

test('links are of our own making, whatever stands in an address or a phone number', () => {
  expect(addressLines(address)).toEqual(['4 Pier Road', 'Oakland, CA 94607']);
  expect(mapsLink({ ...address, address1: 'javascript:alert(1)&x=' }, 'iPhone')).toBe(
    'https://maps.apple.com/?q=javascript%3Aalert(1)%26x%3D%2C%20Oakland%2C%20CA%2094607',
  );
  expect(mapsLink(address, 'Android 16')).toMatch(/^geo:0,0\?q=4%20Pier/);
  expect(telLink('+1 (510) 555-0100 x12')).toBe('tel:+15105550100');
  expect(telLink('ask at the desk')).toBeUndefined();
  const id = '583ec47f-7acb-5cd4-a54a-a23a4c7fb8ac';
  expect(ticketIdIn(`https://dispatch.example/packet/${id.toUpperCase()}?x`)).toBe(id);
  expect(ticketIdIn('583ec47f')).toBeUndefined();
});

test('times are those of the site, and a zone that nobody knows is UTC', () => {
  const now = Date.parse('2026-11-25T20:00:00Z');
  const window = { start: '2026-11-26T01:00:00Z', end: '2026-11-26T03:00:00Z' };
  expect(windowText(window, 'America/Los_Angeles', now)?.replaceAll(/\s/g, ' ')).toBe('Today, 5:00 – 7:00 PM PST');
  expect(windowText(window, 'Not/AZone', now)?.replaceAll(/\s/g, ' ')).toBe('Tomorrow, 1:00 – 3:00 AM UTC');
  expect(windowText({ start: null, end: null }, 'UTC', now)).toBeUndefined();
  expect(momentText('2026-11-24T21:00:00Z', 'UTC', now).replaceAll(/\s/g, ' ')).toBe('Yesterday, 9:00 PM');
});

test('keys and codes are said in words', () => {
  expect(promptOf('photo_before_security_risk')).toEqual({
    kind: 'photo',
    title: 'Security risk',
    hint: 'Photo before the work',
  });
  expect(promptOf('note_part_numbers')).toEqual({ kind: 'note', title: 'Part numbers', hint: 'Note' });
  expect(inWords('COMPLETED_PENDING_VERIFICATION')).toBe('Completed pending verification');
  expect(titleOf({ tool: 'closeout.add_evidence', body: { kind: 'PHOTO', evidence_key: 'photo_after_repair' } })).toBe(
    'Photo: Repair',
  );
  expect(
    sentenceOf({
      code: 'INVALID_STATE_TRANSITION',
      message: '',
      from_state: 'DISPATCHED',
      allowed_from_states: ['IN_PROGRESS'],
    }),
  ).toBe('The job is “Dispatched” now; this is possible while it is “In progress”.');
  expect(
    sentenceOf({
      code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
      message: '',
      missing_evidence_keys: ['photo_after_repair', 'signature_or_no_signature_reason'],
      missing_checklist_keys: ['work_performed'],
    }),
  ).toBe('The closeout still lacks: repair, signature or a reason for none, work performed.');
  expect(sentenceOf({ code: 'NEW_CODE', message: 'As the service says it' })).toBe('As the service says it.');
});

test('amounts as they are typed', () => {
  expect(['250', '$1,250.5', '0.05', '12.345', '-3', 'ten', ''].map(centsOf)).toEqual([
    25_000,
    125_050,
    5,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('the claims of a token name a drawer, and what is no token names none', () => {
  const payload = btoa(JSON.stringify({ sub: 'mo', role: 'tech' })).replaceAll('=', '');
  expect(claimsOf(`x.${payload}.y`)).toEqual({ sub: 'mo', role: 'tech' });
  expect(claimsOf('not a token')).toEqual({});
});
