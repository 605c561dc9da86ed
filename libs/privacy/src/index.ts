export { eraseSubject, erasureIn, type Erasing, settleErasures } from './erasing.js';
export { type Erasure, KeyFault, type KeptKey, type KeptMaster, type KeyStore } from './keys.js';
export { madeMasterKey, type MasterKey, MasterKeyFault, masterKeyIn, masterKeyOf, newMasterKey } from './master-key.js';
export { memoryKeys } from './memory-keys.js';
export { demandMaster, knownNamingKey } from './naming.js';
export { openedEvents } from './opened-events.js';
export { byEmail, byPhone, fingerprint, type Known, knownBy } from './names.js';
export { ERASED, ERASED_OBJECT, isPersonal, type Person, peopleIn, withheld } from './personal.js';
export { SealBroken, NAMING, subjectsIn, unwrap, wrap } from './sealing.js';
export { migratePrivacy, PRIVACY_MIGRATIONS } from './postgres/migrate.js';
export {
  openPostgresKeys,
  type PostgresKeys,
  type PostgresKeysOptions,
  type StoredKey,
} from './postgres/postgres-keys.js';
export { ERASED_WITHIN_MS, isSealed, openVault, type Sealed, type Vault, vaultOf, type VaultParts } from './vault.js';
