import { readConfig } from '../../apps/dispatch-api/src/config.js';
import { readProcessSettings } from '../../libs/process/src/settings.js';

/** Reads it as the process of that role does at its start, in production; throws what would stop that. */
export function settingsOf(environment: Readonly<Record<string, string>>) {
  const env: Record<string, string> = { NODE_ENV: 'production', ...environment };
  return env.DISPATCH_ROLE === 'projector' ? readProcessSettings(env) : readConfig(env);
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
