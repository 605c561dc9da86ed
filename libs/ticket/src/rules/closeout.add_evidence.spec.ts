import { test } from '@jest/globals';
import { addEvidence } from '../testing/commands.js';
import { atWork, evidenceAdded } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { newId } from '../testing/values.js';

const checksum = `sha256:${'ab'.repeat(32)}`;

test('an item is attached under the id of its event', () => {
  given(...atWork)
    .when(addEvidence({ kind: 'NOTE', uri: 's3://b/n', evidenceKey: 'note_1', checksum, metadata: { by: 'phone' } }))
    .then({
      type: 'EvidenceAdded',
      data: {
        evidenceId: newId,
        kind: 'NOTE',
        uri: 's3://b/n',
        evidenceKey: 'note_1',
        checksum,
        metadata: { by: 'phone' },
      },
    });
});

test('a bare one too, and a reference that will not hold at completion', () => {
  given(...atWork)
    .when(addEvidence({ kind: 'PHOTO', uri: 'C:\\photos\\1.jpg' }))
    .then({
      type: 'EvidenceAdded',
      data: {
        evidenceId: newId,
        kind: 'PHOTO',
        uri: 'C:\\photos\\1.jpg',
        evidenceKey: null,
        checksum: null,
        metadata: {},
      },
    });
});

test.each([
  { what: 'among the metadata', input: { metadata: { evidence_key: 'note_1' } }, evidenceKey: 'note_1' },
  {
    what: 'beside it, which goes first',
    input: { evidenceKey: 'note_2', metadata: { evidence_key: 'note_1' } },
    evidenceKey: 'note_2',
  },
  { what: 'as no text, which is no name', input: { metadata: { evidence_key: 7 } }, evidenceKey: null },
])('the key is named $what', ({ input, evidenceKey }) => {
  given(...atWork)
    .when(addEvidence(input))
    .then(evidenceAdded({ evidenceId: newId, evidenceKey, metadata: input.metadata }));
});
