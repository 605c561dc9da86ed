export * from './event-store.js';
export { canonicalJson, chainHash, contentHash, GENESIS } from './hash.js';
