import { test } from '@jest/globals';
import { checkIn } from '../testing/commands.js';
import { created, dispatched, triaged } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { at } from '../testing/values.js';

const sent = [created(), triaged(), dispatched()] as const;

test('arrival is when the technician says, not when the word came in', () => {
  given(...sent)
    .when(checkIn({ timestamp: at(55), location: { lat: 34.05, lon: -118.24 } }))
    .then({ type: 'TechnicianCheckedIn', data: { arrivedAt: at(55), location: { lat: 34.05, lon: -118.24 } } });
});

test('a place need not be named', () => {
  given(...sent)
    .when(checkIn({ timestamp: at(55) }))
    .then({ type: 'TechnicianCheckedIn', data: { arrivedAt: at(55), location: null } });
});
