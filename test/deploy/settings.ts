import { readConfig } from '../../apps/dispatch-api/src/config.js';
import { readProcessSettings } from '../../libs/process/src/settings.js';

/** Reads it as the process of that role does at its start, in production; throws what would stop that. */
export function settingsOf(environment: Readonly<Record<string, string>>) {
  const env: Record<string, string> = { NODE_ENV: 'production', ...environment };
  if (env.DISPATCH_ROLE === 'projector') return readProcessSettings(env);
  const config = readConfig(env);
  if (!config.privacy.key && !config.privacy.mayMakeKey) throw new Error('an API has no master key');
  return config;
}

/** A value may be bad for another reason: only that the name is none counts. */
export function isSetting(name: string): boolean {
  try {
    readProcessSettings({ [name]: '' });
  } catch (error) {
    return !String(error).includes('is not a setting of Dispatch');
  }
  return true;
}
