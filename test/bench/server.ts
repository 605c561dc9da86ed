/**
 * The service as it runs in production, in a process of its own and in the role of DISPATCH_ROLE: tells its URL to the
 * process that forked it and ends with it. With the argument `constant` commands are checked as always, and then not
 * run.
 */
import type { Answer, RunTool } from '@dispatch/commands';
import { openLog } from '@dispatch/telemetry';
import { readConfig } from '../../apps/dispatch-api/src/config.js';
import { startService } from '../../apps/dispatch-api/src/service.js';

const ID = '00000000-0000-4000-8000-000000000000';
const AT = '2026-01-31T08:00:00.000Z';

/** What the created ticket weighs as an answer. */
const ANSWER: Answer = {
  status: 201,
  body: {
    id: ID,
    account_id: ID,
    site_id: ID,
    asset_id: null,
    state: 'NEW',
    priority: 'ROUTINE',
    incident_type: null,
    summary: 'Front entrance door does not latch',
    description: 'The closer slams and the latch misses the strike since the cold weather began.',
    nte_cents: 45_000,
    currency: 'USD',
    risk_flags: [],
    scheduled_start: null,
    scheduled_end: null,
    schedule_options: [],
    assigned_provider_id: null,
    assigned_tech_id: null,
    pending_approval: null,
    version: 0,
    created_at: AT,
    updated_at: AT,
  },
  version: 0,
  position: '1',
  eventId: ID,
  replayed: false,
};

const constant: RunTool = async (call) => {
  const parsed = call.parse();
  if ('code' in parsed) throw new Error(`the benchmark sent a body that is refused: ${JSON.stringify(parsed.fields)}`);
  return ANSWER;
};

const root = new URL('../..', import.meta.url).pathname;
const config = readConfig(process.env);
const runTool = process.argv[2] === 'constant' ? constant : undefined;
const service = await startService(config, openLog(config.logLevel), root, 'bench', { runTool });
process.once('disconnect', () => void service.close().then(() => process.exit(0)));
process.send?.(service.url);
