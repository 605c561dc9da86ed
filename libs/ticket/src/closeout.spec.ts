import { describe, expect, test } from '@jest/globals';
import { type Declaration, judgeCloseout } from './closeout.js';
import type { CloseoutGap } from './decision.js';
import type { TicketEvent } from './events.js';
import { parseUuid } from './kernel.js';
import { atWork, created, evidenceAdded, evidenceWithdrawn, triaged } from './testing/events.js';
import { folded } from './testing/scenario.js';
import { fullChecklist, fullEvidence, templateOf, templates } from './testing/templates.js';
import { id, known } from './testing/values.js';

const SIGNATURE = 'signature_or_no_signature_reason';
const latch = known(templateOf('DOOR_WONT_LATCH'));
const all = fullEvidence(latch);
const unsigned = all.slice(0, -1);
const unresolvable = evidenceAdded({ evidenceId: id(90), uri: 'ftp://x/y' });

const judge = (evidence: readonly TicketEvent[], declared: Partial<Declaration> = {}) =>
  judgeCloseout(
    folded(...atWork, ...evidence),
    { checklist: fullChecklist(latch), noSignatureReason: null, evidenceRefs: null, ...declared },
    templateOf,
    ['s3', 'minio'],
  );

const gap = (requirement_code: CloseoutGap['requirement_code'], found: Partial<CloseoutGap> = {}) => ({
  gap: {
    requirement_code,
    incident_type: 'DOOR_WONT_LATCH',
    template_version: '1.0.0',
    missing_evidence_keys: [],
    missing_checklist_keys: [],
    invalid_evidence_refs: [],
    ...found,
  },
});
const invalid = (...refs: readonly string[]) => gap('INVALID_EVIDENCE_REFERENCE', { invalid_evidence_refs: refs });
const notSigned = gap('MISSING_SIGNATURE_CONFIRMATION', { missing_evidence_keys: [SIGNATURE] });

describe.each(templates)('$incidentType', (template) => {
  const judged = (evidence: readonly TicketEvent[], checklist = fullChecklist(template)) =>
    judgeCloseout(
      folded(created(), triaged({ incidentType: template.incidentType }), ...evidence),
      { checklist, noSignatureReason: null, evidenceRefs: null },
      templateOf,
      ['s3'],
    );
  const full = fullEvidence(template);
  const found = { incident_type: template.incidentType };

  test('holds with everything shown', () => {
    expect(judged(full)).toStrictEqual({ template });
  });

  test.each(template.evidenceKeys.slice(0, -1))('does not hold without %s', (key) => {
    expect(judged(full.filter(({ data }) => data.evidenceKey !== key))).toStrictEqual(
      gap('MISSING_EVIDENCE', { ...found, missing_evidence_keys: [key] }),
    );
  });

  test.each(template.checklistKeys)('does not hold with %s undone', (key) => {
    expect(judged(full, { ...fullChecklist(template), [key]: false })).toStrictEqual(
      gap('MISSING_CHECKLIST', { ...found, missing_checklist_keys: [key] }),
    );
  });
});

describe('the order of the checks', () => {
  const nothing = { checklist: {} };

  test.each([null, 'FLOODED_PIT'])('first a template: none for %s', (incidentType) => {
    expect(
      judgeCloseout(
        { incidentType, evidence: folded(created(), unresolvable).evidence },
        { checklist: {}, noSignatureReason: null, evidenceRefs: null },
        templateOf,
        [],
      ),
    ).toStrictEqual(gap('TEMPLATE_NOT_FOUND', { incident_type: incidentType, template_version: null }));
  });

  test('then a signature', () => {
    expect(judge([unresolvable], nothing)).toStrictEqual(notSigned);
  });

  test('then the references', () => {
    expect(judge([unresolvable], { ...nothing, noSignatureReason: 'nobody there' })).toStrictEqual(
      invalid('ftp://x/y'),
    );
  });

  test('then the template: evidence and checklist at once, each list sorted', () => {
    expect(judge([], { checklist: { work_performed: true }, noSignatureReason: 'nobody there' })).toStrictEqual(
      gap('MISSING_REQUIREMENTS', {
        missing_evidence_keys: [
          'note_adjustments_and_test_cycles',
          'photo_after_latched_alignment',
          'photo_before_door_edge_and_strike',
        ],
        missing_checklist_keys: [
          'billing_authorization',
          'onsite_photos_after',
          'parts_used_or_needed',
          'resolution_status',
        ],
      }),
    );
  });
});

describe('the signature', () => {
  const signature = (data: Partial<TicketEvent<'EvidenceAdded'>['data']>) =>
    evidenceAdded({ evidenceId: id(80), kind: 'FILE', uri: 's3://evidence/sig', ...data });

  test.each([
    { what: 'an item of that kind', item: { kind: 'SIGNATURE' } },
    { what: 'of that kind in any case', item: { kind: 'Signature' } },
    { what: 'of that kind under another key', item: { kind: 'SIGNATURE', evidenceKey: 'sig' } },
    { what: 'an item of that key', item: { evidenceKey: SIGNATURE } },
  ])('is $what', ({ item }) => {
    expect(judge([...unsigned, signature(item)])).toStrictEqual({ template: latch });
  });

  test.each([
    { what: 'a kind that only begins so', item: { kind: 'SIGNATURE_CARD' } },
    { what: 'a key in capitals', item: { evidenceKey: SIGNATURE.toUpperCase() } },
  ])('is not $what', ({ item }) => {
    expect(judge([...unsigned, signature(item)])).toStrictEqual(notSigned);
  });

  test('may be missing for a reason', () => {
    expect(judge(unsigned, { noSignatureReason: 'nobody there' })).toStrictEqual({ template: latch });
  });

  test('that was withdrawn is none', () => {
    expect(judge([...all, evidenceWithdrawn({ evidenceId: id(104) })])).toStrictEqual(notSigned);
  });

  const bad = signature({ kind: 'SIGNATURE', uri: 'sig.png' });

  test('with a bad reference is a bad reference', () => {
    expect(judge([...unsigned, bad])).toStrictEqual(invalid('sig.png'));
  });

  test('with a bad reference is missing evidence when only others were named', () => {
    expect(judge([...unsigned, bad], { evidenceRefs: [id(101)] })).toStrictEqual(
      gap('MISSING_EVIDENCE', { missing_evidence_keys: [SIGNATURE] }),
    );
  });
});

describe('the references', () => {
  const uri = 's3://evidence/photo_after_latched_alignment';

  test.each([
    { what: 'none, said aloud', evidenceRefs: [] },
    { what: 'an id', evidenceRefs: [id(101)] },
    { what: 'a URI', evidenceRefs: [uri] },
    { what: 'both, twice', evidenceRefs: [uri, id(102), uri] },
  ])('hold: $what', ({ evidenceRefs }) => {
    expect(judge(all, { evidenceRefs })).toStrictEqual({ template: latch });
  });

  test('an id holds in capitals', () => {
    const lettered = known(parseUuid('abcdef00-0000-4000-8000-000000000000'));
    const evidenceRefs = [lettered.toUpperCase()];
    expect(judge([...all, evidenceAdded({ evidenceId: lettered })], { evidenceRefs })).toStrictEqual({
      template: latch,
    });
  });

  test.each([
    { what: 'an id of another ticket', evidenceRefs: [id(900)] },
    { what: 'a good URI that is not attached', evidenceRefs: ['s3://evidence/other'] },
    { what: 'a URI in other capitals', evidenceRefs: [uri.toUpperCase()] },
    { what: 'an empty text', evidenceRefs: [''] },
  ])('do not hold: $what', ({ evidenceRefs }) => {
    expect(judge(all, { evidenceRefs })).toStrictEqual(invalid(...evidenceRefs));
  });

  test('that do not hold are listed as they were written, sorted, each once', () => {
    const evidenceRefs = ['s3://z/z', id(101), id(900), 's3://a/a', 's3://z/z', id(90)];
    expect(judge([...all, unresolvable], { evidenceRefs })).toStrictEqual(
      invalid(id(90), id(900), 's3://a/a', 's3://z/z'),
    );
  });

  test('none named: all that is attached must resolve', () => {
    const items = ['x', 'ftp://x/y', 'x'].map((bad, n) => evidenceAdded({ evidenceId: id(90 + n), uri: bad }));
    expect(judge([...all, ...items])).toStrictEqual(invalid('ftp://x/y', 'x'));
  });

  test('what was withdrawn need not resolve', () => {
    expect(judge([...all, unresolvable, evidenceWithdrawn({ evidenceId: id(90) })])).toStrictEqual({ template: latch });
  });

  test.each([id(102), uri])('what was withdrawn cannot be named: %s', (ref) => {
    expect(judge([...all, evidenceWithdrawn({ evidenceId: id(102) })], { evidenceRefs: [ref] })).toStrictEqual(
      invalid(ref),
    );
  });
});

describe('what counts towards the template', () => {
  const [before, ...others] = all;
  const key = known(before).data.evidenceKey;
  const missing = gap('MISSING_EVIDENCE', { missing_evidence_keys: [known(latch.evidenceKeys[0])] });

  test('all that is attached, also when only some was named', () => {
    expect(judge(all, { evidenceRefs: [id(102)] })).toStrictEqual({ template: latch });
  });

  test('not what was withdrawn', () => {
    expect(judge([...all, evidenceWithdrawn({ evidenceId: id(101) })])).toStrictEqual(missing);
  });

  test('not what names no object, although others were named', () => {
    const bad = evidenceAdded({ evidenceId: id(90), uri: 'photo.jpg', evidenceKey: key });
    expect(judge([bad, ...others], { evidenceRefs: [id(102)] })).toStrictEqual(missing);
  });

  test('a second item in the place of a withdrawn one', () => {
    const again = evidenceAdded({ evidenceId: id(91), evidenceKey: key });
    expect(judge([...all, evidenceWithdrawn({ evidenceId: id(101) }), again])).toStrictEqual({ template: latch });
  });

  test('a checklist item that the template does not know changes nothing', () => {
    const checklist = { ...fullChecklist(latch), swept_up: false };
    expect(judge(all, { checklist })).toStrictEqual({ template: latch });
  });
});
