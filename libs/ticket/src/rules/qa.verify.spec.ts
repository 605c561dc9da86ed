import { describe, expect, test } from '@jest/globals';
import { verify } from '../testing/commands.js';
import { atWork, completed, evidenceAdded, evidenceWithdrawn, verificationFailed } from '../testing/events.js';
import { given, givenFacts } from '../testing/scenario.js';
import { fullChecklist, fullEvidence, templateOf } from '../testing/templates.js';
import { at, id, known } from '../testing/values.js';

const template = known(templateOf('DOOR_WONT_LATCH'));
const checklist = fullChecklist(template);
const shown = [...atWork, ...fullEvidence(template)] as const;
const done = [...shown, completed({ checklist })] as const;
const gap = {
  incident_type: 'DOOR_WONT_LATCH',
  template_version: '1.0.0',
  missing_evidence_keys: [],
  missing_checklist_keys: [],
  invalid_evidence_refs: [],
};

describe('PASS', () => {
  test('the closeout held again', () => {
    given(...done)
      .when(verify({ timestamp: at(140), notes: 'latches well' }))
      .then({
        type: 'WorkVerified',
        data: {
          inspectedAt: at(140),
          notes: 'latches well',
          incidentType: 'DOOR_WONT_LATCH',
          templateVersion: '1.0.0',
        },
      });
  });

  test('by the template of today', () => {
    const next = { ...template, version: '1.1.0' };
    given(...done)
      .when(verify({ timestamp: at(140) }), givenFacts({ policy: { template: () => next } }))
      .then({
        type: 'WorkVerified',
        data: { inspectedAt: at(140), notes: null, incidentType: 'DOOR_WONT_LATCH', templateVersion: '1.1.0' },
      });
  });

  test('evidence that was withdrawn since counts for nothing', () => {
    given(...done, evidenceWithdrawn({ evidenceId: id(102) }))
      .when(verify())
      .rejects({
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        details: {
          ...gap,
          requirement_code: 'MISSING_EVIDENCE',
          missing_evidence_keys: ['photo_after_latched_alignment'],
        },
      });
  });

  test('evidence that the completion named and that was withdrawn since is no reference', () => {
    given(...shown, completed({ checklist, evidenceRefs: [id(102)] }), evidenceWithdrawn({ evidenceId: id(102) }))
      .when(verify())
      .rejects({
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        details: { ...gap, requirement_code: 'INVALID_EVIDENCE_REFERENCE', invalid_evidence_refs: [id(102)] },
      });
  });

  test('a bad reference that was attached since is one, unless the completion named others', () => {
    const stray = evidenceAdded({ evidenceId: id(90), uri: 'gopher://evidence/1' });
    given(...done, stray)
      .when(verify())
      .rejects({
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        details: {
          ...gap,
          requirement_code: 'INVALID_EVIDENCE_REFERENCE',
          invalid_evidence_refs: ['gopher://evidence/1'],
        },
      });
    given(...shown, completed({ checklist, evidenceRefs: [id(101)] }), stray)
      .when(verify({ timestamp: at(140) }))
      .then({
        type: 'WorkVerified',
        data: { inspectedAt: at(140), notes: null, incidentType: 'DOOR_WONT_LATCH', templateVersion: '1.0.0' },
      });
  });

  test('the completion that is judged is the last', () => {
    given(...done, verificationFailed({ outcome: 'IN_PROGRESS' }), completed({ checklist: { work_performed: true } }))
      .when(verify())
      .rejects({
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        details: {
          ...gap,
          requirement_code: 'MISSING_CHECKLIST',
          missing_checklist_keys: [
            'billing_authorization',
            'onsite_photos_after',
            'parts_used_or_needed',
            'resolution_status',
          ],
        },
      });
  });

  test('without a completion the stream is broken, which is no refusal', () => {
    expect(() =>
      given(...atWork)
        .when(verify())
        .then(verificationFailed()),
    ).toThrow('without a completion');
  });
});

test('what the store has lost since the completion refuses a PASS, and no FAIL', () => {
  const lost = done.flatMap((event) => (event.type === 'EvidenceAdded' ? [event.data] : []));
  const lacking = givenFacts({ absentEvidence: lost.map(({ evidenceId }) => evidenceId) });
  given(...done)
    .when(verify(), lacking)
    .rejects({
      code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
      details: {
        ...gap,
        requirement_code: 'INVALID_EVIDENCE_REFERENCE',
        invalid_evidence_refs: [...new Set(lost.map(({ uri }) => uri))].sort(),
      },
    });
  given(...done)
    .when(verify({ result: 'FAIL', notes: 'still sticks' }), lacking)
    .then(verificationFailed({ notes: 'still sticks' }));
});

describe('FAIL', () => {
  test.each([
    { asked: {}, outcome: 'COMPLETED_PENDING_VERIFICATION' },
    { asked: { returnToWork: false }, outcome: 'COMPLETED_PENDING_VERIFICATION' },
    { asked: { returnToWork: true }, outcome: 'IN_PROGRESS' },
  ] as const)('$asked → $outcome', ({ asked, outcome }) => {
    given(...done)
      .when(verify({ timestamp: at(140), result: 'FAIL', notes: 'still sticks', ...asked }))
      .then({ type: 'VerificationFailed', data: { inspectedAt: at(140), notes: 'still sticks', outcome } });
  });

  test('asks nothing of the closeout', () => {
    given(...done, evidenceWithdrawn({ evidenceId: id(102) }))
      .when(verify({ result: 'FAIL', notes: 'still sticks' }))
      .then(verificationFailed({ notes: 'still sticks' }));
  });
});
