export type { Check, Difference } from './difference.js';
export { verifyLog, type VerifyOptions, verifyTicket } from './verify.js';
export type { Counts, Share } from './verifier.js';
export { type Change, replay, type Replayed, type Step, stepOf, type Until } from './replay.js';
export { type Format, FORMATS, historyLines, type HistoryOptions, type Source } from './formats.js';
