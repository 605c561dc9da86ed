import { type AccessConfig, ConfigFault, type Environment, readAccessConfig } from '@dispatch/access';
import { given, type ProcessSettings, readObjectStoreSchemes, readProcessSettings } from '@dispatch/process';
import { type EvidenceSettings, readEvidenceSettings } from './evidence/settings.js';
import type { DenialLimits } from '@dispatch/denials';
import { readDenialLimits } from './audit/denied-attempts.js';
import { type Limits, readLimits } from './limits.js';

/** All that is set from outside, read once. */
export interface Config extends ProcessSettings {
  readonly access: AccessConfig;
  /** Lower case, without colon. */
  readonly objectStoreSchemes: readonly string[];
  readonly evidence: EvidenceSettings;
  /** Milliseconds that a read waits for the position it is to reflect. */
  readonly readWaitMs: number;
  readonly limits: Limits;
  /** How much of what is refused is recorded. */
  readonly denied: DenialLimits;
}

/** Whoever waits for longer holds a connection, and has long given up. */
const LONGEST_READ_WAIT_MS = 60_000;

/** Reads and checks the environment; throws a ConfigFault that names the first bad or unknown variable. */
export function readConfig(env: Environment): Config {
  const settings = readProcessSettings(env);
  if (settings.role === 'projector') throw new ConfigFault('DISPATCH_ROLE', 'is projector, and this is the API');
  const objectStoreSchemes = readObjectStoreSchemes(env);
  // Whoever shares a Postgres with other processes would keep objects that those do not have.
  const ownFolder = settings.database ? undefined : settings.dataDir;
  return Object.freeze({
    ...settings,
    access: readAccessConfig(env),
    objectStoreSchemes,
    evidence: readEvidenceSettings(env, objectStoreSchemes, ownFolder),
    readWaitMs: readReadWait(env),
    limits: readLimits(env),
    denied: readDenialLimits(env),
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
