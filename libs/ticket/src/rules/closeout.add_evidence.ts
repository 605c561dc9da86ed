import { accept } from '../decision.js';
import type { OpenObject } from '../kernel.js';
import type { Rule } from '../rule.js';

/** A photo, note or signature is attached. A bad reference may be attached; it cannot close a ticket. */
export const addEvidence: Rule<'closeout.add_evidence'> = (input, _ticket, { id }) => {
  const metadata = input.metadata ?? {};
  return accept('EvidenceAdded', {
    evidenceId: id,
    kind: input.kind,
    uri: input.uri,
    evidenceKey: input.evidenceKey ?? keyIn(metadata),
    checksum: input.checksum ?? null,
    metadata,
  });
};

/** Some clients name the key among the metadata, where the answer shows it too. */
const keyIn = (metadata: OpenObject): string | null =>
  typeof metadata.evidence_key === 'string' ? metadata.evidence_key : null;
