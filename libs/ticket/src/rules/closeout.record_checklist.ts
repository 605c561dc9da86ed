import { accept } from '../decision.js';
import type { Rule } from '../rule.js';

/** The draft that completion starts from. What is not named keeps its last answer. */
export const recordChecklist: Rule<'closeout.record_checklist'> = ({ items, noSignatureReason }, { checklist }) =>
  accept('ChecklistRecorded', {
    items: { ...checklist?.items, ...items },
    noSignatureReason: noSignatureReason ?? checklist?.noSignatureReason ?? null,
  });
