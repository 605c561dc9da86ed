export { type Allowance, allowance, type DenialLimits, type Unrecorded } from './allowance.js';
export {
  type Actor,
  type Attempt,
  type DenialCode,
  DENIALS,
  type Dimension,
  isDenialCode,
  isSecurityStream,
  securityStreamOf,
} from './attempt.js';
export { denialFault } from './judge.js';
export { networkOf } from './network.js';
export { type Entry, type EntryPlace, type EntryQuery, readEntries } from './reading.js';
export { denialRecorder, type Outcome, type Recorder, type RecorderOptions } from './recorder.js';
