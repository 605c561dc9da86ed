export { AccessStrategy } from './access-strategy.js';
export * from './actor.js';
export { type Authenticate, authenticator } from './authenticator.js';
export { type AccessConfig, ConfigFault, type Environment, readAccessConfig, readFlag } from './config.js';
export type { AccessCode, AccessRefusal, Authenticated, Named } from './refusal.js';
export { type Recognise, recogniser } from './recognise.js';
export { KeysUnavailable } from './remote-keys.js';
