import { readConfig } from '../../apps/dispatch-api/src/config.js';
import { readProcessSettings } from '../../libs/process/src/settings.js';

/** Named by the contract for the metrics of production; taken out where a process does not know it yet. */
const OPS_TOKEN = 'DISPATCH_OPS_TOKEN';

/** Reads it as the process of that role does at its start, in production; throws what would stop that. */
export function settingsOf(environment: Readonly<Record<string, string>>) {
  const env: Record<string, string> = { NODE_ENV: 'production', ...environment };
  if (!isKnown(OPS_TOKEN)) delete env[OPS_TOKEN];
  return env.DISPATCH_ROLE === 'projector' ? readProcessSettings(env) : readConfig(env);
}

export const isSetting = (name: string): boolean => name === OPS_TOKEN || isKnown(name);

/** A value may be bad for another reason: only that the name is none counts. */
function isKnown(name: string): boolean {
  try {
    readProcessSettings({ [name]: '' });
  } catch (error) {
    return !String(error).includes('is not a setting of Dispatch');
  }
  return true;
}
