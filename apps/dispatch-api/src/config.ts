import { type AccessConfig, ConfigFault, type Environment, readAccessConfig } from '@dispatch/access';
import { given, type ProcessSettings, readObjectStoreSchemes, readProcessSettings } from '@dispatch/process';
import { type Limits, readLimits } from './limits.js';

/** All that is set from outside, read once. */
export interface Config extends ProcessSettings {
  readonly access: AccessConfig;
  /** Lower case, without colon. */
  readonly objectStoreSchemes: readonly string[];
  /** Milliseconds that a read waits for the position it is to reflect. */
  readonly readWaitMs: number;
  readonly limits: Limits;
}

/** Whoever waits for longer holds a connection, and has long given up. */
const LONGEST_READ_WAIT_MS = 60_000;

/** Reads and checks the environment; throws a ConfigFault that names the first bad or unknown variable. */
export function readConfig(env: Environment): Config {
  const settings = readProcessSettings(env);
  if (settings.role === 'projector') throw new ConfigFault('DISPATCH_ROLE', 'is projector, and this is the API');
  return Object.freeze({
    ...settings,
    access: readAccessConfig(env),
    objectStoreSchemes: readObjectStoreSchemes(env),
    readWaitMs: readReadWait(env),
    limits: readLimits(env),
  });
}

function readReadWait(env: Environment): number {
  const name = 'DISPATCH_READ_WAIT_MS';
  const text = given(env, name) ?? '1000';
  const ms = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(ms <= LONGEST_READ_WAIT_MS))
    throw new ConfigFault(name, `must be whole milliseconds from 0 to ${LONGEST_READ_WAIT_MS}`);
  return ms;
}
