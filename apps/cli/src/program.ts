import { userInfo } from 'node:os';
import { parseInstant } from '@dispatch/ticket';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Surroundings } from './database.js';
import { demo } from './demo/demo.js';
import { explained } from './failure.js';
import * as projections from './projections/commands.js';
import * as proof from './proof/commands.js';
import { type Seeding, seed } from './seed/seed.js';

/** As a shell says that Ctrl-C ended it. */
const INTERRUPTED = 130;

/** Runs one command line (without the program's name) and answers its exit code. */
export async function run(args: readonly string[], given: Surroundings): Promise<number> {
  let good = true;
  const program = programOf(given, (answer) => {
    good = answer;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return good ? 0 : 1;
  } catch (error) {
    // Commander has said already what is wrong with the usage.
    if (error instanceof CommanderError) return error.exitCode;
    if (given.signal.aborted) {
      given.printer.note('Stopped.');
      return INTERRUPTED;
    }
    given.printer.note(`error: ${explained(error)}`);
    return 1;
  }
}

function programOf(given: Surroundings, answer: (good: boolean) => void): Command {
  const { printer, env } = given;
  const program = new Command('dispatch').description('Dispatch for engineers and auditors').exitOverride();
  program.configureOutput({
    writeOut: (text) => printer.line(text.trimEnd()),
    writeErr: (text) => printer.note(text.trimEnd()),
  });

  program
    .command('demo')
    .description('Tell the life of one emergency ticket against a running service, step by step')
    .option('--url <url>', 'where the API listens', 'http://127.0.0.1:8080')
    .action(async ({ url }: { url: string }) =>
      answer(await demo({ url, secret: env.DISPATCH_AUTH_JWT_SECRET, print: (line) => printer.line(line) })),
    );

  program
    .command('seed')
    .description(
      'Fill the log with a made-up history of two years, by what the rules allow; the same options twice add nothing',
    )
    .requiredOption('--tickets <number>', 'how many tickets', positive)
    .option('--seed <number>', 'another number, another history', whole, 1)
    .option('--open <share>', 'share of tickets that are still open, 0 to 1', share, 0.1)
    .option('--until <time>', 'where the two years end; else a fixed day', instant)
    .action(async (seeding: Seeding) => answer(await seed(given, seeding)));

  addProjections(program, given, answer);
  addProof(program, given, answer);
  return program;
}

function addProjections(program: Command, given: Surroundings, answer: (good: boolean) => void): void {
  const group = program.command('projections').description('The read models: see, rebuild, verify, and put right');
  const act = (usage: string, description: string) =>
    group.command(usage).description(description).option('--by <who>', 'whom the record names', operator());

  group
    .command('list')
    .description('Version, checkpoint, lag and state of each')
    .option('--json', 'for programs', false)
    .action(async ({ json }: { json: boolean }) => answer(await projections.list(given, json)));
  act('rebuild <name>', 'Fill a new table beside the live one and swap it in')
    .option('--accept-difference', 'swap also when the new table differs from the live one', false)
    .action(async (name: string, { by, acceptDifference }: { by: string; acceptDifference: boolean }) =>
      answer(await projections.rebuildOne(given, name, by, acceptDifference)),
    );
  group
    .command('verify <name>')
    .description('Work the table out again and compare it with the live one, row by row')
    .action(async (name: string) => answer(await projections.verifyOne(given, name)));
  act('rollback <name>', 'Put the table before the last swap back').action(async (name: string, { by }: By) =>
    answer(await projections.rollback(given, name, by)),
  );
  act('drop-old <name>', 'Drop the tables that were swapped out').action(async (name: string, { by }: By) =>
    answer(await projections.dropOld(given, name, by)),
  );
  act('retry <name> <key>', 'Try a parked key again now').action(async (name: string, key: string, { by }: By) =>
    answer(await projections.tellParked(given, 'retry', name, key, by)),
  );
  act('skip <name> <key>', 'Pass over the one event that a parked key waits at').action(
    async (name: string, key: string, { by }: By) => answer(await projections.tellParked(given, 'skip', name, key, by)),
  );
  act('resume <name>', 'Let a projection that stopped itself go on').action(async (name: string, { by }: By) =>
    answer(await projections.resume(given, name, by)),
  );
}

function addProof(program: Command, given: Surroundings, answer: (good: boolean) => void): void {
  const group =
    program.commands.find((command) => command.name() === 'audit') ??
    program.command('audit').description('For auditors: see what happened, and check that it did');
  group
    .command('checkpoint')
    .description("Print the newest signed head of the log's tree: keep it where the operator cannot reach it")
    .option('--now', "sign the log's present end first; needs the signing key", false)
    .action(async ({ now }: { now: boolean }) => answer(await proof.checkpoint(given, now)));
  group
    .command('keys')
    .description('Print the public keys that signed heads')
    .action(async () => answer(await proof.keys(given)));
  group
    .command('check-log')
    .description('Compare the whole log with a signed head that was kept')
    .requiredOption('--checkpoint <file>', 'the signed head')
    .option('--key <line>', 'a public key that you trust; may be given several times', several, [])
    .action(async (checking: proof.LogChecking) => answer(await proof.checkLog(given, checking)));
  group
    .command('export <tickets...>')
    .description('Write the evidence of tickets, with what proves and verifies it, as a ZIP archive')
    .requiredOption('--out <file>', 'a file that is not there yet')
    .option('--now', "sign the log's present end first; needs the signing key", false)
    .action(async (tickets: string[], exporting: proof.Exporting) =>
      answer(await proof.exportBundle(given, tickets, exporting)),
    );
}

const several = (line: string, lines: readonly string[]): readonly string[] => [...lines, line];

interface By {
  readonly by: string;
}

/** Who runs this, as the operating system knows them. */
function operator(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container a user may have a number and no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function positive(text: string): number {
  if (whole(text) === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return whole(text);
}

function share(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

function instant(text: string): number {
  const time = parseInstant(text);
  if (!time) throw new InvalidArgumentError('It must be a time such as 2026-10-01T00:00:00Z.');
  return Date.parse(time);
}
