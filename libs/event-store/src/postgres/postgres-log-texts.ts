import { Pool } from 'pg';
import type { LogTexts } from '../log-texts.js';
import { connectionTo } from './connection.js';
import { logTextReader } from './reading.js';

/** One page is read while the one before it is checked, and a stream is looked up beside that. */
const CONNECTIONS = 2;
/** Milliseconds a page may take. */
const PATIENCE_MS = 60_000;

/** The Postgres log as the texts that stand in its rows. `url`: a login that may take the role dispatch_app. */
export function openPostgresLogTexts({ url }: { readonly url: string }): LogTexts {
  const pool = new Pool({ ...connectionTo(url, PATIENCE_MS), max: CONNECTIONS }).on('error', () => undefined);
  return { ...logTextReader(pool), gapless: true, close: () => pool.end() };
}
