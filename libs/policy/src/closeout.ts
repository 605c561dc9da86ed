import type { CloseoutTemplate } from '@dispatch/ticket';
import type { PolicyFiles } from './content.js';
import { pointer } from './fault.js';
import { distinct } from './names.js';

const FILE = 'closeout.json';

/** The templates by incident type, each with what is common to all. */
export function templatesFrom({
  version,
  common,
  templates,
}: PolicyFiles['closeout']): ReadonlyMap<string, CloseoutTemplate> {
  const rows = templates.map((row, index) => ({ ...row, index }));
  const at = (...path: readonly (string | number)[]) => ({ file: FILE, place: pointer('templates', ...path) });
  distinct(
    rows,
    ({ incident_type }) => incident_type,
    'incident type',
    ({ index }) => at(index, 'incident_type'),
  );
  return new Map(
    rows.map(({ incident_type, evidence_keys, index }) => {
      const evidenceKeys = [...evidence_keys, ...common.evidence_keys];
      distinct(
        evidenceKeys,
        (key) => key,
        'evidence key',
        () => at(index, 'evidence_keys'),
      );
      return [
        incident_type,
        { incidentType: incident_type, version, evidenceKeys, checklistKeys: common.checklist_keys },
      ];
    }),
  );
}
