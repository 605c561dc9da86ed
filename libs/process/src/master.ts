import { join } from 'node:path';
import { ConfigFault } from '@dispatch/access';
import {
  KeyFault,
  type KeyStore,
  madeMasterKey,
  type MasterKey,
  MasterKeyFault,
  openVault,
  type Vault,
} from '@dispatch/privacy';
import type { ProcessSettings } from './settings.js';

type Given = Pick<ProcessSettings, 'privacy' | 'dataDir'>;

/** Where the master key is kept that nobody gave. */
export const masterKeyPath = (dataDir: string): string => join(dataDir, 'privacy', 'master-key');

/**
 * The master key: the one that is given, else one in the data folder, which is made at the first start.
 * @throws ConfigFault when there is none and none may be made.
 */
export async function openMasterKey({ privacy, dataDir }: Given): Promise<MasterKey> {
  if (privacy.key) return privacy.key;
  if (!privacy.mayMakeKey)
    throw new ConfigFault(
      'DISPATCH_PRIVACY_KEY',
      'or DISPATCH_PRIVACY_KEY_FILE must be set in production, or DISPATCH_DATA_DIR, where a key can be made and kept',
    );
  try {
    return await madeMasterKey(masterKeyPath(dataDir));
  } catch (error) {
    if (error instanceof MasterKeyFault)
      throw new ConfigFault('DISPATCH_DATA_DIR', `has no master key: ${error.message}`);
    throw error;
  }
}

/** The vault of a process. @throws ConfigFault also when the keys are under another master key. */
export async function openKeyVault(settings: Given, keys: KeyStore): Promise<Vault> {
  const master = await openMasterKey(settings);
  try {
    return await openVault({ keys, master });
  } catch (error) {
    const variable = settings.privacy.key ? 'DISPATCH_PRIVACY_KEY' : 'DISPATCH_DATA_DIR';
    if (error instanceof KeyFault)
      throw new ConfigFault(variable, `has another master key than the database: ${error.message}`);
    throw error;
  }
}
