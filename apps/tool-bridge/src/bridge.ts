import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadGuidance, loadPolicy } from '@dispatch/policy';
import { apiClient } from './api-client.js';
import type { Config } from './config.js';
import { page } from './generated/api-page.js';
import type { Bridge } from './invoke.js';
import { type Log, openLog } from './log.js';
import { surfaceOf } from './surface.js';

/** All that calls of tools need, made of the settings and the policy. */
export async function openBridge(
  { apiUrl, naming, patience, logLevel }: Omit<Config, 'serve'>,
  log: Log = openLog(logLevel),
): Promise<Bridge & { readonly version: string; close(): Promise<void> }> {
  const { root, version } = checkout(import.meta.dirname);
  const dir = join(root, 'policy');
  const policy = await loadPolicy(dir);
  const surface = surfaceOf(policy, await loadGuidance(dir, policy), page, naming);
  const api = apiClient(apiUrl);
  return { surface, api, log, patience, version, close: () => api.close() };
}

/** The checkout or installation that a file belongs to: where package.json and policy/ are. */
function checkout(folder: string): { readonly root: string; readonly version: string } {
  if (existsSync(join(folder, 'policy', 'tools.json'))) {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { root: folder, version };
  }
  const above = dirname(folder);
  if (above === folder) throw new Error('policy/ is not above this file');
  return checkout(above);
}
