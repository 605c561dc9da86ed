import { describe, test } from '@jest/globals';
import { confirm } from '../testing/commands.js';
import { created, proposed, released, triaged } from '../testing/events.js';
import { given, givenFacts } from '../testing/scenario.js';
import { at } from '../testing/values.js';

const offered = [created(), triaged(), proposed({ options: [window(60, 120), window(300, 360)] })] as const;
const bound = givenFacts({ policy: { mayConfirmAnyWindow: false } });

describe('who is bound to what was offered', () => {
  test.each([window(60, 120), window(300, 360)])('may take any of it: $start', (option) => {
    given(...offered)
      .when(confirm(option), bound)
      .then({ type: 'ScheduleConfirmed', data: { window: option } });
  });

  test.each([
    { what: 'another start', option: window(61, 120) },
    { what: 'another end', option: window(60, 121) },
    { what: 'the start of one and the end of another', option: window(60, 360) },
  ])('may not take $what', ({ option }) => {
    given(...offered)
      .when(confirm(option), bound)
      .rejects({ code: 'SCHEDULE_OPTION_NOT_PROPOSED', details: option });
  });

  test('may not take what was offered before the schedule was given up', () => {
    given(...offered, released(), proposed({ options: [window(600, 660)] }))
      .when(confirm(window(60, 120)), bound)
      .rejects({ code: 'SCHEDULE_OPTION_NOT_PROPOSED', details: window(60, 120) });
  });
});

test('who is not bound may set any window', () => {
  given(...offered)
    .when(confirm(window(600, 660)))
    .then({ type: 'ScheduleConfirmed', data: { window: window(600, 660) } });
});

function window(start: number, end: number) {
  return { start: at(start), end: at(end) };
}
