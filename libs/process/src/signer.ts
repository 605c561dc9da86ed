import { join } from 'node:path';
import { ConfigFault } from '@dispatch/access';
import { madeSigner, NoteFault, type Signer, signerIn } from '@dispatch/proof';
import type { ProcessSettings } from './settings.js';

/** The origin of a log that was given no name. */
const ORIGIN = 'dispatch.local/log';

/**
 * The key that signs heads of the log's tree: the one that is given, else one in the data folder, which is made at the
 * first start.
 * @throws ConfigFault when there is none and none may be made, or it does not bear the log's name.
 */
export async function openSigner({ audit, dataDir }: Pick<ProcessSettings, 'audit' | 'dataDir'>): Promise<Signer> {
  const { key, keyFile, mayMakeKey, origin } = audit;
  if (key) return named(key, origin, 'DISPATCH_AUDIT_SIGNING_KEY');
  const variable = keyFile === undefined ? 'DISPATCH_DATA_DIR' : 'DISPATCH_AUDIT_SIGNING_KEY_FILE';
  if (keyFile === undefined && !mayMakeKey)
    throw new ConfigFault(
      'DISPATCH_AUDIT_SIGNING_KEY',
      'or DISPATCH_AUDIT_SIGNING_KEY_FILE must be set in production, or DISPATCH_DATA_DIR, where a key can be made and kept',
    );
  try {
    const path = join(dataDir, 'audit', 'signing-key');
    return named(
      await (keyFile === undefined ? madeSigner(path, origin ?? ORIGIN) : signerIn(keyFile)),
      origin,
      variable,
    );
  } catch (error) {
    if (error instanceof NoteFault) throw new ConfigFault(variable, `has no key to sign with: ${error.message}`);
    throw error;
  }
}

function named(signer: Signer, origin: string | undefined, variable: string): Signer {
  const { name } = signer.key;
  if (origin !== undefined && origin !== name)
    throw new ConfigFault('DISPATCH_AUDIT_ORIGIN', `is ${origin}, and the key of ${variable} is of ${name}`);
  return signer;
}
