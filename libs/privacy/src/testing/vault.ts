import type { KeyStore } from '../keys.js';
import { masterKeyOf } from '../master-key.js';
import { memoryKeys } from '../memory-keys.js';
import { type Vault, vaultOf } from '../vault.js';

/** The same for all tests. */
export const testMaster = masterKeyOf('07'.repeat(32));

/** A vault with keys in memory, or over these. */
export const testVault = (keys: KeyStore = memoryKeys(), keptMs?: number): Vault =>
  vaultOf({ keys, master: testMaster, keptMs });
