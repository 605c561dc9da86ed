/**
 * `npm run drill`: raises the condition of every alert on an instance of its own, sees the alert, runs the commands of
 * its runbook as they stand there, and sees it clear. Ends with 1 when anything is other than it should be.
 */
import { isDeepStrictEqual } from 'node:util';
import { CASES, type Case, layGround, SETTINGS, type Scene } from './cases.js';
import { type Alert, clientOf, must, until } from './client.js';
import { newInstance } from './instance.js';
import { type Block, blocksOf, filled } from './runbook.js';

/** How long an alert may take to come or to go, in milliseconds. */
const PATIENCE_MS = 15_000;

async function main(): Promise<void> {
  const begun = performance.now();
  say('A throwaway instance starts: an API and a projector');
  const instance = await newInstance(SETTINGS);
  try {
    await instance.startProjector();
    const client = clientOf(instance.url);
    await until(
      () => client.get('/ready'),
      ({ status }) => status === 200,
      'a ready instance',
      PATIENCE_MS,
    );
    const { json } = await must(200, client.get('/ops/alerts'), '/ops/alerts');
    // An alert that is not drilled would be one whose runbook nobody has tried.
    expectSame(Object.keys(Object(json.runbooks)).sort(), CASES.map(({ code }) => code).sort(), 'the alerts');
    const scene: Scene = { client, instance, ground: await layGround(client) };
    for (const [index, one] of CASES.entries()) await drill(one, index + 1, scene);
    say(`\nEvery alert came, and went by its runbook (${seconds(begun)} s).`);
  } finally {
    await instance.remove();
  }
}

async function drill({ code, fault, raise, mend }: Case, number: number, scene: Scene): Promise<void> {
  say(`\n${number}. ${code}: ${fault}`);
  const { client, instance } = scene;
  await until(client.alerts, none, 'no alert at first', PATIENCE_MS);
  const values = await raise(scene);
  const seen = await until(client.alerts, (alerts) => only(code, alerts), code, PATIENCE_MS);
  const [{ count, threshold, runbook }] = seen as [Alert];
  say(`   alert: ${count} of ${threshold}, see ${runbook}`);

  const blocks = blocksOf(runbook).filter(({ info }) => info in RUN);
  if (blocks.length === 0) throw new Error(`${runbook} has no command that the drill can run`);
  for (const block of blocks) {
    const commands = filled(block, values);
    say(
      commands
        .replaceAll(/^/gm, '   $ ')
        .trimEnd()
        .replace(/\s+\$$/, ''),
    );
    await RUN[block.info]?.(commands, block, instance);
  }
  if (mend) {
    await mend.act(scene);
    say(`   ${mend.told}`);
  }
  const since = performance.now();
  await until(client.alerts, none, `${code} to clear`, PATIENCE_MS);
  say(`   clear after ${seconds(since)} s`);
}

/** How a block is run, by what stands at its fence. */
const RUN: Readonly<Record<string, (commands: string, block: Block, instance: Scene['instance']) => Promise<void>>> = {
  'sh drill': async (commands, _, instance) => {
    const output = await instance.shell(commands);
    if (output.trim() === '') throw new Error(`nothing was printed by ${commands}`);
  },
  // What it starts stays: the drill keeps it, so that it can be ended.
  'sh drill-start': async (commands, _, instance) => {
    expectSame(commands.trim(), 'DISPATCH_ROLE=projector npm start', 'what the runbook starts');
    await instance.startProjector();
  },
};

const none = (alerts: readonly Alert[]): boolean => alerts.length === 0;
const only = (code: string, alerts: readonly Alert[]): boolean =>
  isDeepStrictEqual(
    alerts.map((one) => one.code),
    [code],
  );
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function expectSame(seen: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(seen, wanted))
    throw new Error(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(seen)}`);
}

await main().catch((error: unknown) => {
  say(`\nThe drill failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
