import { test } from '@jest/globals';
import { recordChecklist } from '../testing/commands.js';
import { atWork, checklistRecorded } from '../testing/events.js';
import { given } from '../testing/scenario.js';

test('a first draft', () => {
  given(...atWork)
    .when(recordChecklist({ items: { work_performed: true } }))
    .then({ type: 'ChecklistRecorded', data: { items: { work_performed: true }, noSignatureReason: null } });
});

test('what is named is laid over the draft; the rest keeps its last answer', () => {
  given(
    ...atWork,
    checklistRecorded({ items: { work_performed: true, resolution_status: true }, noSignatureReason: 'nobody there' }),
  )
    .when(recordChecklist({ items: { resolution_status: false, parts_used: true } }))
    .then({
      type: 'ChecklistRecorded',
      data: {
        items: { work_performed: true, resolution_status: false, parts_used: true },
        noSignatureReason: 'nobody there',
      },
    });
});

test('a new reason takes the place of the old', () => {
  given(...atWork, checklistRecorded({ noSignatureReason: 'nobody there' }))
    .when(recordChecklist({ noSignatureReason: 'customer refused' }))
    .then(checklistRecorded({ noSignatureReason: 'customer refused' }));
});
