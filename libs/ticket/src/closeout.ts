import type { Checklist } from './commands.js';
import type { CloseoutGap } from './decision.js';
import type { Uuid } from './kernel.js';
import type { Evidence, Ticket } from './state.js';

/** What a closed job of one incident type must show. */
export interface CloseoutTemplate {
  readonly incidentType: string;
  readonly version: string;
  readonly evidenceKeys: readonly string[];
  readonly checklistKeys: readonly string[];
}

/** What is declared at completion, to be held against the template. */
export interface Declaration {
  readonly checklist: Checklist;
  readonly noSignatureReason: string | null;
  /** Evidence ids or URIs; null: all that is attached. */
  readonly evidenceRefs: readonly string[] | null;
}

/** Met by a signature or by a reason why there is none; a name of the contract, as the kind is. */
export const SIGNATURE_KEY = 'signature_or_no_signature_reason';
const SIGNATURE_KIND = 'SIGNATURE';

/** The closeout, judged: the template it was judged by, or what is missing. */
export type Closeout = { readonly template: CloseoutTemplate } | { readonly gap: CloseoutGap };

/**
 * The checks of CONTRACT section 5, in its order. Evidence with a reference that names no object of the store
 * is never counted towards the template, even when other references were named; nor is what its store lacks (`absent`).
 */
export function judgeCloseout(
  ticket: Pick<Ticket, 'incidentType' | 'evidence'>,
  declared: Declaration,
  templateOf: (incidentType: string) => CloseoutTemplate | undefined,
  schemes: readonly string[],
  absent: readonly Uuid[] = [],
): Closeout {
  const template = ticket.incidentType === null ? undefined : templateOf(ticket.incidentType);
  const gap = (requirement_code: CloseoutGap['requirement_code'], found: Partial<CloseoutGap> = {}): Closeout => ({
    gap: {
      requirement_code,
      incident_type: ticket.incidentType,
      template_version: template?.version ?? null,
      missing_evidence_keys: [],
      missing_checklist_keys: [],
      invalid_evidence_refs: [],
      ...found,
    },
  });
  if (!template) return gap('TEMPLATE_NOT_FOUND');

  const attached = ticket.evidence.filter(({ withdrawn }) => !withdrawn);
  if (!isSigned(attached, declared.noSignatureReason))
    return gap('MISSING_SIGNATURE_CONFIRMATION', { missing_evidence_keys: [SIGNATURE_KEY] });

  const invalid = invalidReferences(attached, declared.evidenceRefs, counts(schemes, absent));
  if (invalid.length > 0) return gap('INVALID_EVIDENCE_REFERENCE', { invalid_evidence_refs: invalid });

  const missing = missingRequirements(template, presentEvidence(ticket, declared, schemes, absent), declared.checklist);
  const noEvidence = missing.missing_evidence_keys.length > 0;
  const noChecklist = missing.missing_checklist_keys.length > 0;
  if (noEvidence && noChecklist) return gap('MISSING_REQUIREMENTS', missing);
  if (noEvidence) return gap('MISSING_EVIDENCE', missing);
  if (noChecklist) return gap('MISSING_CHECKLIST', missing);
  return { template };
}

/** Tells of a template's evidence key whether the ticket holds it: attached, not withdrawn, and of the store. */
export function presentEvidence(
  { evidence }: Pick<Ticket, 'evidence'>,
  { noSignatureReason }: Pick<Declaration, 'noSignatureReason'>,
  schemes: readonly string[],
  absent: readonly Uuid[] = [],
): (key: string) => boolean {
  const usable = evidence.filter(({ withdrawn }) => !withdrawn).filter(counts(schemes, absent));
  const present = new Set(usable.map(({ evidenceKey }) => evidenceKey));
  const signed = isSigned(usable, noSignatureReason);
  return (key) => (key === SIGNATURE_KEY ? signed : present.has(key));
}

/** Whether a URI names an object: a scheme of the store, a bucket and a key. */
export function resolves(uri: string, schemes: readonly string[]): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/?#\s]+\/[^?#\s][^?#]*$/i.exec(uri)?.[1];
  return scheme !== undefined && schemes.includes(scheme.toLowerCase());
}

const counts =
  (schemes: readonly string[], absent: readonly Uuid[]) =>
  ({ id, uri }: Evidence): boolean =>
    resolves(uri, schemes) && !absent.includes(id);

function invalidReferences(
  attached: readonly Evidence[],
  refs: readonly string[] | null,
  valid: (item: Evidence) => boolean,
): readonly string[] {
  if (!refs) return sorted(attached.filter((item) => !valid(item)).map(({ uri }) => uri));
  const usable = attached.filter(valid);
  return sorted(refs.filter((ref) => !usable.some(({ id, uri }) => id === ref.toLowerCase() || uri === ref)));
}

function missingRequirements(
  template: CloseoutTemplate,
  present: (key: string) => boolean,
  checklist: Checklist,
): Pick<CloseoutGap, 'missing_evidence_keys' | 'missing_checklist_keys'> {
  return {
    missing_evidence_keys: sorted(template.evidenceKeys.filter((key) => !present(key))),
    missing_checklist_keys: sorted(template.checklistKeys.filter((key) => checklist[key] !== true)),
  };
}

const isSigned = (items: readonly Evidence[], noSignatureReason: string | null): boolean =>
  noSignatureReason !== null || items.some(isSignature);

const isSignature = ({ kind, evidenceKey }: Evidence): boolean =>
  kind.toUpperCase() === SIGNATURE_KIND || evidenceKey === SIGNATURE_KEY;

const sorted = (items: readonly string[]): readonly string[] => [...new Set(items)].sort();
