import { test } from '@jest/globals';
import { propose } from '../testing/commands.js';
import { created, triaged } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { at } from '../testing/values.js';

test('windows are offered in the order they were named', () => {
  const options = [
    { start: at(300), end: at(360) },
    { start: at(60), end: at(120) },
  ];
  given(created(), triaged({ outcome: 'READY_TO_SCHEDULE' }))
    .when(propose({ options }))
    .then({ type: 'ScheduleProposed', data: { options } });
});
