import { test } from '@jest/globals';
import { resume } from '../testing/commands.js';
import { atWork, held } from '../testing/events.js';
import { given } from '../testing/scenario.js';

test.each([
  { asked: {}, outcome: 'IN_PROGRESS' },
  { asked: { returnVisit: false }, outcome: 'IN_PROGRESS' },
  { asked: { returnVisit: true }, outcome: 'READY_TO_SCHEDULE' },
] as const)('$asked → $outcome', ({ asked, outcome }) => {
  given(...atWork, held())
    .when(resume(asked))
    .then({ type: 'WorkResumed', data: { outcome, note: null } });
});

test('with a note', () => {
  given(...atWork, held())
    .when(resume({ note: 'plate is here' }))
    .then({ type: 'WorkResumed', data: { outcome: 'IN_PROGRESS', note: 'plate is here' } });
});
