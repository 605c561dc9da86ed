import { expect, test } from '@jest/globals';
import type { Json } from '@dispatch/event-store';
import { fieldsIn, isPersonal, peopleIn, withFields, withheld } from './personal.js';

const site: Json = {
  name: 'Mall',
  contacts: [
    { name: 'Ann', phone: null, email: 'a@b', escalation_level: 1 },
    { name: 'Bo', role: 'desk' },
  ],
};

test('people and their texts are found where the table has them', () => {
  expect(peopleIn('site.put', site).map(({ place }) => place)).toEqual(['contacts.0', 'contacts.1']);
  expect(fieldsIn('site.put', site).map(({ place, person, value }) => [place, person, value])).toEqual([
    ['contacts.0.name', 0, 'Ann'],
    ['contacts.0.email', 0, 'a@b'],
    ['contacts.1.name', 1, 'Bo'],
    ['contacts.1.role', 1, 'desk'],
  ]);
  expect(fieldsIn('ticket.create', { requester_contact: { name: 'Ann' } })).toEqual([
    { place: 'requester_contact', person: 0, value: { name: 'Ann' }, whole: true },
  ]);
});

test.each([
  ['ticket.create', { requester_contact: null }],
  ['ticket.create', { requester_contact: 'Ann' }],
  ['ticket.create', []],
  ['site.put', { contacts: 'all' }],
  ['site.put', { contacts: [null, ['Ann'], { name: 5 }] }],
  ['ticket.triage', { requester_contact: { name: 'Ann' } }],
  ['constructor', { requester_contact: { name: 'Ann' } }],
])('in %s %j there is nothing, and it stays what it is', (tool, body) => {
  expect(fieldsIn(tool, body)).toEqual([]);
  expect(withheld(tool, body)).toBe(body);
});

test('other values take their places, and the rest stays', () => {
  expect(withFields('site.put', site, ({ place }) => place)).toEqual({
    name: 'Mall',
    contacts: [
      { name: 'contacts.0.name', phone: null, email: 'contacts.0.email', escalation_level: 1 },
      { name: 'contacts.1.name', role: 'contacts.1.role' },
    ],
  });
});

test('what is withheld is the same for every person', () => {
  const of = (name: string) => withheld('ticket.create', { summary: 's', requester_contact: { name } });
  expect(of('Ann')).toEqual(of('Bo'));
  expect(JSON.stringify(of('Ann'))).not.toContain('Ann');
});

test('the table is what the guide says', () => {
  expect(['ticket.create', 'site.put', 'technician.put', 'tech.check_in'].map(isPersonal)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
