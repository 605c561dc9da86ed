import { test } from '@jest/globals';
import { close } from '../testing/commands.js';
import { atWork, completed, invoiced, verified } from '../testing/events.js';
import { given } from '../testing/scenario.js';

const billed = [...atWork, completed(), verified(), invoiced()] as const;

test('nothing is left to do', () => {
  given(...billed)
    .when(close())
    .then({ type: 'TicketClosed', data: { reason: null } });
});

test('with a reason', () => {
  given(...billed)
    .when(close({ reason: 'paid in full' }))
    .then({ type: 'TicketClosed', data: { reason: 'paid in full' } });
});
