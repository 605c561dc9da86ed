export { type Log, openLog, type RequestLine, standardOutput } from './log.js';
export { type LogFile, type LogFileOptions, openLogFile } from './log-file.js';
export type { Report } from './looked.js';
export {
  type Distribution,
  type Meters,
  type MetersOptions,
  openMeters,
  SECONDS,
  SIZES,
  type TextFormat,
} from './meters.js';
export { CONTENT_TYPES, formatFor } from './negotiation.js';
export { meterProcess } from './process-metrics.js';
export { type SlidingWindow, slidingWindow } from './sliding-window.js';
export { asPart, forMany, type RequestSpan, requestSpan } from './spans.js';
export { type Count, type Tally, tally } from './tally.js';
export { endTracing, isTracing, startTracing, tracesWanted } from './tracing.js';
export { sparing } from './sparing.js';
