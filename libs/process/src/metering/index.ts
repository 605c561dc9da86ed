export { meterBatches, meteredLog, meterPools } from './log.js';
export { meterProjections } from './projections.js';
export { meterStatus } from './status.js';
