export { type Log, openLog, type RequestLine } from './log.js';
