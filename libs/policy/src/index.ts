export type { DelayAttribution, SlaClock } from './content.js';
export { PolicyFault } from './fault.js';
export { type Guidance, loadGuidance, type PromptGuidance, type ToolGuidance } from './guidance.js';
export type { Lifecycle } from './lifecycle.js';
export { loadPolicy } from './load.js';
export { type Explanation, type Policy, policyFrom, type PolicyOptions } from './policy.js';
export type { DirectoryRow, ToolRow } from './rows.js';
export type { Sla } from './sla.js';
