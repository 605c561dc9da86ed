import { test } from '@jest/globals';
import { cancel } from '../testing/commands.js';
import { created } from '../testing/events.js';
import { given } from '../testing/scenario.js';

test('the ticket is given up', () => {
  given(created())
    .when(cancel({ reason: 'customer fixed it' }))
    .then({ type: 'TicketCancelled', data: { reason: 'customer fixed it' } });
});
