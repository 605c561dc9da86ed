import { test } from '@jest/globals';
import { hold } from '../testing/commands.js';
import { atWork } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { HOLD_REASONS } from '../vocabulary.js';

test.each(HOLD_REASONS)('work waits: %s', (reasonCode) => {
  given(...atWork)
    .when(hold({ reasonCode, note: 'nobody opens the gate' }))
    .then({ type: 'WorkHeld', data: { reasonCode, note: 'nobody opens the gate' } });
});
