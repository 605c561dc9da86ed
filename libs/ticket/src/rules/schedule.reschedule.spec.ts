import { test } from '@jest/globals';
import { reschedule } from '../testing/commands.js';
import { confirmed, created, proposed, triaged } from '../testing/events.js';
import { given } from '../testing/scenario.js';

test.each(['customer', 'provider'] as const)('the %s gives up the window', (requestedBy) => {
  given(created(), triaged(), proposed(), confirmed())
    .when(reschedule({ reason: 'closed that day', requestedBy }))
    .then({ type: 'ScheduleReleased', data: { reason: 'closed that day', requestedBy } });
});
