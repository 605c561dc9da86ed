export { ManyKeysFail } from './apply.js';
export type { BatchWatch } from './batch-watch.js';
export { type Batches, batchesOf } from './batches.js';
export type { Difference } from './compare.js';
export { connected, connectionTo, inTransaction, pause, type ProjectionLog, tryLock } from './connection.js';
export { fold, type Folded, type FoldInput, type Parking } from './fold.js';
export { type KeptAct, keptActs, restoreActs } from './kept-acts.js';
export { migrateReadModels, READ_MODEL_MIGRATIONS } from './migrate.js';
export type { Operating } from './operating.js';
export { OtherLog, refuseOtherLog } from './own-log.js';
export * from './projection.js';
export { type ReadModel, readModel, type Row } from './read-model.js';
export { openReadPool, type ReadPool, type ReadPoolOptions } from './read-pool.js';
export { openReadModels, type ReadModels, type ReadModelsOptions } from './read-models.js';
export {
  type Progress,
  type Rebuilt,
  type FillOptions,
  type RebuildOptions,
  RebuildRefused,
  rebuild,
  type Verified,
  verify,
} from './rebuild.js';
export type { Rebuilder } from './runner.js';
export { type ProjectionsOptions, type RunningProjections, startProjections } from './start.js';
export type { ParkedStatus, ProjectionStatus } from './status.js';
