import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { KeyFault, type KeptMaster, type KeyStore } from './keys.js';
import type { MasterKey } from './master-key.js';
import { NAMING, unwrap, wrap } from './sealing.js';

/** The key that fingerprints are made with; made where there is none. @throws KeyFault under another master key. */
export const namingKey = async (keys: KeyStore, master: MasterKey): Promise<KeyObject> =>
  opened(await keys.begin({ mark: master.mark, naming: wrap(master.wrapping, NAMING, randomBytes(32)) }), master);

/** The same, where nobody has a key yet: undefined. */
export async function knownNamingKey(keys: KeyStore, master: MasterKey): Promise<KeyObject | undefined> {
  const kept = await keys.master();
  return kept && opened(kept, master);
}

function opened(kept: KeptMaster, master: MasterKey): KeyObject {
  demandMaster(kept, master);
  const key = unwrap(master.wrapping, NAMING, kept.naming);
  if (key) return createSecretKey(key);
  throw new KeyFault('the key that people are recognised by does not open with the master key');
}

/** @throws KeyFault when keys are under another master key. */
export function demandMaster(kept: KeptMaster | undefined, { mark }: MasterKey): void {
  if (kept && kept.mark !== mark)
    throw new KeyFault(`the keys are under master key ${kept.mark}, and the one that is given is ${mark}`);
}
