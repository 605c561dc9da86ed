import { describe, test } from '@jest/globals';
import { complete } from '../testing/commands.js';
import { atWork, checklistRecorded, completed, evidenceAdded } from '../testing/events.js';
import { given, givenFacts } from '../testing/scenario.js';
import { fullChecklist, fullEvidence, templateOf } from '../testing/templates.js';
import { at, id, known } from '../testing/values.js';

const template = known(templateOf('DOOR_WONT_LATCH'));
const evidence = fullEvidence(template);
const checklist = fullChecklist(template);
const shown = [...atWork, ...evidence] as const;
const unsigned = [...atWork, ...evidence.slice(0, -1)] as const;
const gap = {
  incident_type: 'DOOR_WONT_LATCH',
  template_version: '1.0.0',
  missing_evidence_keys: [],
  missing_checklist_keys: [],
  invalid_evidence_refs: [],
};

test('the job is done, judged by a template whose version is recorded', () => {
  given(...shown)
    .when(
      complete({
        checklistStatus: checklist,
        evidenceRefs: [id(101), 's3://evidence/photo_after_latched_alignment'],
        timestamp: at(95),
        completionNotes: 'adjusted the strike',
        laborMinutes: 45,
      }),
    )
    .then({
      type: 'WorkCompleted',
      data: {
        completedAt: at(95),
        checklist,
        noSignatureReason: null,
        evidenceRefs: [id(101), 's3://evidence/photo_after_latched_alignment'],
        incidentType: 'DOOR_WONT_LATCH',
        templateVersion: '1.0.0',
      },
    });
});

test('done now, with all that is attached, when nothing else is said', () => {
  given(...shown)
    .when(complete({ checklistStatus: checklist }), givenFacts({ now: at(97) }))
    .then(completed({ completedAt: at(97), checklist, evidenceRefs: null }));
});

describe('what is declared is laid over the recorded draft', () => {
  const { work_performed: _, ...rest } = checklist;

  test('what the draft ticked need not be ticked again', () => {
    given(...shown, checklistRecorded({ items: rest }))
      .when(complete({ checklistStatus: { work_performed: true }, timestamp: at(90) }))
      .then(completed({ checklist }));
  });

  test('what is unticked now counts as not done', () => {
    given(...shown, checklistRecorded({ items: checklist }))
      .when(complete({ checklistStatus: { work_performed: false } }))
      .rejects({
        code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
        details: { ...gap, requirement_code: 'MISSING_CHECKLIST', missing_checklist_keys: ['work_performed'] },
      });
  });

  test("the draft's reason for no signature holds", () => {
    given(...unsigned, checklistRecorded({ items: checklist, noSignatureReason: 'nobody there' }))
      .when(complete({ timestamp: at(90) }))
      .then(completed({ checklist, noSignatureReason: 'nobody there' }));
  });

  test('until another is given', () => {
    given(...unsigned, checklistRecorded({ items: checklist, noSignatureReason: 'nobody there' }))
      .when(complete({ timestamp: at(90), noSignatureReason: 'customer refused' }))
      .then(completed({ checklist, noSignatureReason: 'customer refused' }));
  });
});

test('refused with what is missing', () => {
  given(...unsigned)
    .when(complete({ checklistStatus: checklist }))
    .rejects({
      code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
      details: {
        ...gap,
        requirement_code: 'MISSING_SIGNATURE_CONFIRMATION',
        missing_evidence_keys: ['signature_or_no_signature_reason'],
      },
    });
});

const [first] = evidence.flatMap((event) => (event.type === 'EvidenceAdded' ? [event.data] : []));

test('what the store lacks counts for nothing, by whichever name it is declared', () => {
  const { evidenceId, evidenceKey, uri } = known(first);
  const lacking = givenFacts({ absentEvidence: [evidenceId] });
  const refused = (...invalid_evidence_refs: readonly string[]) => ({
    code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE' as const,
    details: { ...gap, requirement_code: 'INVALID_EVIDENCE_REFERENCE' as const, invalid_evidence_refs },
  });
  given(...shown)
    .when(complete({ checklistStatus: checklist }), lacking)
    .rejects(refused(uri));
  for (const ref of [uri, evidenceId])
    given(...shown)
      .when(complete({ checklistStatus: checklist, evidenceRefs: [ref] }), lacking)
      .rejects(refused(ref));
  given(...shown)
    .when(complete({ checklistStatus: checklist, evidenceRefs: [] }), lacking)
    .rejects({
      code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
      details: { ...gap, requirement_code: 'MISSING_EVIDENCE', missing_evidence_keys: [evidenceKey ?? ''] },
    });
});

test('of two items with one reference, one that is there is enough', () => {
  const wrong = evidenceAdded({ ...known(first), evidenceId: id(91) });
  const declared = { checklist, evidenceRefs: [known(first).uri] };
  given(...atWork, wrong, ...evidence)
    .when(
      complete({ checklistStatus: checklist, evidenceRefs: declared.evidenceRefs, timestamp: at(90) }),
      givenFacts({ absentEvidence: [id(91)] }),
    )
    .then(completed(declared));
});

test('only the references that were named are held against the store, by its schemes of today', () => {
  const stray = evidenceAdded({ evidenceId: id(90), uri: 'gopher://evidence/1' });
  const only = (...objectStoreSchemes: readonly string[]) => givenFacts({ objectStoreSchemes });
  given(...shown, stray)
    .when(complete({ checklistStatus: checklist, evidenceRefs: [id(101)], timestamp: at(90) }))
    .then(completed({ checklist, evidenceRefs: [id(101)] }));
  given(...shown, stray)
    .when(complete({ checklistStatus: checklist }), only('s3'))
    .rejects({
      code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE',
      details: {
        ...gap,
        requirement_code: 'INVALID_EVIDENCE_REFERENCE',
        invalid_evidence_refs: ['gopher://evidence/1'],
      },
    });
  given(...shown, stray)
    .when(complete({ checklistStatus: checklist, timestamp: at(90) }), only('s3', 'gopher'))
    .then(completed({ checklist }));
});
