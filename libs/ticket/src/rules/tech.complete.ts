import { judgeCloseout } from '../closeout.js';
import { accept, reject } from '../decision.js';
import type { Rule } from '../rule.js';

/** The technician declares the job done. Accepted only with all that the incident type's template asks for. */
export const complete: Rule<'tech.complete'> = (input, ticket, given) => {
  const declared = {
    checklist: { ...ticket.checklist?.items, ...input.checklistStatus },
    noSignatureReason: input.noSignatureReason ?? ticket.checklist?.noSignatureReason ?? null,
    evidenceRefs: input.evidenceRefs ?? null,
  };
  const { policy, objectStoreSchemes, absentEvidence } = given;
  const closeout = judgeCloseout(ticket, declared, policy.template, objectStoreSchemes, absentEvidence);
  if ('gap' in closeout) return reject('CLOSEOUT_REQUIREMENTS_INCOMPLETE', closeout.gap);
  return accept('WorkCompleted', {
    completedAt: input.timestamp ?? given.now,
    ...declared,
    incidentType: closeout.template.incidentType,
    templateVersion: closeout.template.version,
  });
};
