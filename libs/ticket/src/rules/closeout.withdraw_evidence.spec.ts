import { test } from '@jest/globals';
import { withdrawEvidence } from '../testing/commands.js';
import { atWork, evidenceAdded, evidenceWithdrawn } from '../testing/events.js';
import { given } from '../testing/scenario.js';
import { evidenceId, id } from '../testing/values.js';

const attached = [...atWork, evidenceAdded(), evidenceAdded({ evidenceId: id(70) })] as const;

test('an item no longer counts', () => {
  given(...attached)
    .when(withdrawEvidence({ evidenceId: id(70), reason: 'blurred photo' }))
    .then({ type: 'EvidenceWithdrawn', data: { evidenceId: id(70), reason: 'blurred photo' } });
});

test('an item that was never attached is not found', () => {
  given(...attached)
    .when(withdrawEvidence({ evidenceId: id(71) }))
    .rejects({ code: 'EVIDENCE_NOT_FOUND', details: { evidence_id: id(71) } });
});

test('nor is one that was withdrawn', () => {
  given(...attached, evidenceWithdrawn())
    .when(withdrawEvidence())
    .rejects({ code: 'EVIDENCE_NOT_FOUND', details: { evidence_id: evidenceId } });
});
