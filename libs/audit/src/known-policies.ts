import { adoptionIdOf } from '@dispatch/commands';
import type { RecordedText } from '@dispatch/event-store';
import { type Policy, policyFrom } from '@dispatch/policy';
import { type Fault, fault } from './difference.js';
import { isObject, objectIn } from './field.js';

/** The policy sets that were recorded before the place in the log where a check has come to. */
export interface KnownPolicies {
  /** 'unreadable': it was recorded, and this release cannot decide by it. */
  get(version: string): Policy | 'unreadable' | undefined;
  /** Takes in an event of the stream `policy`, and says what is wrong with it. */
  adopt(event: RecordedText): Fault | undefined;
}

export const POLICY_STREAM = 'policy';
const ADOPTED = 'PolicyAdopted';

export function knownPolicies(): KnownPolicies {
  const known = new Map<string, Policy | 'unreadable'>();
  return {
    get: (version) => known.get(version),
    adopt({ id, type, schemaVersion, data }) {
      const { version, set } = objectIn(data);
      if (type !== ADOPTED || schemaVersion !== 1 || typeof version !== 'string' || !isObject(set))
        return fault('policy', `${type} of version ${schemaVersion} is no adoption of a policy`);
      if (id !== adoptionIdOf(version)) return fault('id', 'the id does not follow from the version of the policy');
      let policy: Policy;
      try {
        policy = policyFrom({ ...set }, { recorded: true });
      } catch (error) {
        known.set(version, 'unreadable');
        const why = error instanceof Error ? error.message : String(error);
        return fault('policy', `this release cannot decide by the recorded set, nor check what was: ${why}`);
      }
      // Told once, here, and not again of each event that names it.
      known.set(version, policy.version === version ? policy : 'unreadable');
      if (policy.version !== version)
        return fault('policy', `the set's own fingerprint is ${policy.version}, not ${version}`);
      return undefined;
    },
  };
}
