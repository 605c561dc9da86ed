/**
 * `npm run bench [-- [--quick] [names]]`: measures the rows that are named, or all, each against its floor. Ends with
 * 1 when a floor is missed.
 */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { appends } from './appends.js';
import { cockpit } from './cockpit.js';
import { commands } from './commands.js';
import { layGround } from './ground.js';
import { lag } from './lag.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import { processes } from './processes.js';
import { rebuilds } from './rebuild.js';
import { telemetry } from './telemetry.js';
import { judge, type Pace, type Row, type Verdict } from './row.js';

const ROWS: readonly Row[] = [appends, commands, processes, latency, rebuilds, lag, cockpit, memory, telemetry];
const FULL: Pace = { warmUp: 5_000, round: 2_000, rounds: 5 };
const QUICK: Pace = { warmUp: 1_000, round: 800, rounds: 3 };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
  const unknown = positionals.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`there is no row ${unknown}; there are ${ROWS.map(({ name }) => name).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const rows = ROWS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

  const ground = await layGround();
  try {
    say(`${new Date().toISOString()}  ${machine()}, Node ${process.version}, ${ground.postgres}\n`);
    for (const row of rows) {
      const verdict = await judge(row, ground, { ...(values.quick ? QUICK : FULL), ...row.pace });
      say(page(row, verdict));
      if (!verdict.met) process.exitCode = 1;
    }
  } finally {
    await ground.close();
  }
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, load ${loadavg()[0]?.toFixed(1)} before`;
}

function page({ name, what, against, unit, reach }: Row, verdict: Verdict): string {
  const bound = 'atLeast' in reach ? `≥ ${reach.atLeast}` : `≤ ${reach.atMost}`;
  const [least, most] = verdict.spread;
  const { bound: best } = verdict;
  return [
    name,
    `  ${printed(verdict.measured)}${unit}  ${what}`,
    `  ${printed(verdict.floor)}${unit}  ${against}`,
    `  ${printed(verdict.ratio)}×, rounds ${printed(least)} to ${printed(most)}; floor ${bound}×: ${verdict.met ? 'met' : 'MISSED'}`,
    ...(best ? [`  at best ${printed(best.measured)}${unit} or ${printed(best.ratio)}×: ${best.what}`] : []),
    ...(verdict.remark ? [`  ${verdict.remark}`] : []),
    '',
  ].join('\n');
}

const printed = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2));

const say = (text: string): void => void process.stdout.write(`${text}\n`);

await main();
