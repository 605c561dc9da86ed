import { test } from '@jest/globals';
import { requestInfo } from '../testing/commands.js';
import { created } from '../testing/events.js';
import { given } from '../testing/scenario.js';

test('what is missing is asked for, with a word to the requester', () => {
  given(created())
    .when(requestInfo({ missingFields: ['access', 'photos'], message: 'Which door?' }))
    .then({ type: 'InfoRequested', data: { missingFields: ['access', 'photos'], message: 'Which door?' } });
});

test('or without one', () => {
  given(created())
    .when(requestInfo({ missingFields: ['access'] }))
    .then({ type: 'InfoRequested', data: { missingFields: ['access'], message: null } });
});
