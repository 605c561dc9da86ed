import type { OpenObject } from '@dispatch/ticket';
import { PolicyFault } from './fault.js';

/** The files of `policy/` by name, each as its schema describes it. Names within are not yet held against each other. */
export interface PolicyFiles {
  tools: { tools: readonly ToolContent[] };
  directory: { tools: readonly DirectoryContent[] };
  /** Came later than sets that logs hold: without it there are no tools of the audit. */
  audit?: { tools: readonly DirectoryContent[] };
  lifecycle: {
    initial: string;
    terminal: readonly string[];
    states: readonly { state: string; delay_attribution: DelayAttribution; sla_clock: SlaClock }[];
  };
  roles: { roles: readonly string[]; aliases: Readonly<Record<string, string>> };
  sla: { target_minutes: Readonly<Record<string, number>>; warning_minutes: number };
  closeout: {
    version: string;
    common: { evidence_keys: readonly string[]; checklist_keys: readonly string[] };
    templates: readonly { incident_type: string; evidence_keys: readonly string[] }[];
  };
  guards: {
    emergency_bypass: { manager_confirmation_required: boolean };
    schedule_confirm: { any_window_roles: readonly string[] };
    /** Sets that were recorded before there was such a guard have none. */
    operations?: { roles: readonly string[]; rebuild_roles?: readonly string[] };
  };
}

export interface DirectoryContent {
  readonly tool: string;
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly roles: readonly string[];
  readonly mutating: boolean;
}

export interface ToolContent {
  readonly tool: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly title: string;
  readonly roles: readonly string[];
  readonly mutating: boolean;
  /** Both there for a mutating tool, and only there. */
  readonly from?: readonly string[] | 'none';
  readonly to?: readonly string[] | 'unchanged';
  readonly through?: readonly string[];
}

/** Whom the time that a ticket spends in a state is laid to. */
export type DelayAttribution = 'customer' | 'provider' | 'unknown';
/** paused: the time moves the deadline. stopped: there is no time left to count. */
export type SlaClock = 'running' | 'paused' | 'stopped';

const NAMES = [
  'tools',
  'directory',
  'audit',
  'lifecycle',
  'roles',
  'sla',
  'closeout',
  'guards',
] as const satisfies readonly (keyof PolicyFiles)[];

/** The names of the files that make a policy. */
export const FILES: readonly string[] = NAMES;

/**
 * The whole set as plain data, a copy. `files` are contents by name without extension; `$schema` is for editors
 * and no part of the policy.
 */
export function setOf(files: Readonly<Record<string, unknown>>): {
  readonly set: OpenObject;
  readonly content: PolicyFiles;
} {
  for (const name of Object.keys(files))
    if (!FILES.includes(name)) throw new PolicyFault(`${name}.json`, '', 'is no file of a policy');
  const names = NAMES.filter((name) => name !== 'audit' || Object.hasOwn(files, name));
  const set = Object.fromEntries(names.map((name) => [name, plain(name, files)]));
  return { set: set as OpenObject, content: set as unknown as PolicyFiles };
}

function plain(name: string, files: Readonly<Record<string, unknown>>): object {
  const content = Object.hasOwn(files, name) ? files[name] : undefined;
  if (typeof content !== 'object' || content === null) throw new PolicyFault(`${name}.json`, '', 'is missing');
  const { $schema: _, ...rest } = structuredClone(content) as { readonly $schema?: unknown };
  return rest;
}
