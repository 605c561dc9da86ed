export { type Checkpoint, openCheckpoint, signCheckpoint } from './checkpoint.js';
export { checkLogAgainstCheckpoint, type LogCheck, type LogFault } from './check-log.js';
export { madeSigner, signerIn } from './key-file.js';
export { leafEntry, leafOf } from './leaf.js';
export { type Hash, provesConsistency, provesInclusion } from './merkle.js';
export {
  isKeyName,
  newSignerLine,
  NoteFault,
  openNote,
  type Signer,
  signerOf,
  signedNote,
  type VerifierKey,
  verifierKey,
} from './note.js';
export { TreeFault } from './postgres/issuing.js';
export { headNow, type RunningTree, startTree, type TreeOptions } from './postgres/keeping.js';
export { migrateProof, PROOF_MIGRATIONS } from './postgres/migrate.js';
export { type Consistency, type Inclusion, type TreeReads, treeReads } from './postgres/reading.js';
export type { Issued } from './postgres/tables.js';
export { type Bundled, BundleFault, bundleOf, type BundleParts, zipOf } from './bundle/bundle.js';
