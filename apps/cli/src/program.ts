import { userInfo } from 'node:os';
import { withSecretFiles } from '@dispatch/process';
import { parseInstant } from '@dispatch/ticket';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { backup } from './backup/backup.js';
import { restore, type Restoring } from './backup/restore.js';
import type { Surroundings } from './database.js';
import { demo } from './demo/demo.js';
import { explained, masked } from './failure.js';
import { copy, type CopyOptions } from './log/command.js';
import * as projections from './projections/commands.js';
import { type Seeding, seed } from './seed/seed.js';

/** As a shell says that Ctrl-C ended it. */
const INTERRUPTED = 130;

/** Runs one command line (without the program's name) and answers its exit code. */
export async function run(args: readonly string[], given: Surroundings): Promise<number> {
  let good = true;
  try {
    const program = programOf({ ...given, env: withSecretFiles(given.env) }, (answer) => {
      good = answer;
    });
    await program.parseAsync(args, { from: 'user' });
    return good ? 0 : 1;
  } catch (error) {
    // Commander has said already what is wrong with the usage.
    if (error instanceof CommanderError) return error.exitCode;
    if (given.signal.aborted) {
      given.printer.note('Stopped.');
      return INTERRUPTED;
    }
    given.printer.note(masked(`error: ${explained(error)}`));
    return 1;
  }
}

function programOf(given: Surroundings, answer: (good: boolean) => void): Command {
  const { printer, env } = given;
  const program = new Command('dispatch').description('Dispatch for engineers and auditors').exitOverride();
  program.configureOutput({
    writeOut: (text) => printer.line(text.trimEnd()),
    writeErr: (text) => printer.note(masked(text.trimEnd())),
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

  program
    .command('log')
    .description('The log as a whole')
    .command('copy')
    .description(
      'Copy it to another Postgres, EventStoreDB or KurrentDB, go on where a run was broken off, and compare',
    )
    .option('--from <url>', 'its URL, or env:NAME for the one in that variable; else the log that the settings name')
    .requiredOption('--to <url>', 'where to, in the same words')
    .option('--to-owner <url>', "the owner's login of a Postgres that has no log yet, to make its tables")
    .action(async (options: CopyOptions) => answer(await copy(given, options)));

  addBackup(program, given, answer);
  addProjections(program, given, answer);
  return program;
}

function addBackup(program: Command, given: Surroundings, answer: (good: boolean) => void): void {
  program
    .command('backup')
    .description('Copy the log into a folder, while the service may run and write')
    .requiredOption('--out <folder>', 'made new; one that holds something is refused')
    .action(async (options: { out: string }) => answer(await backup(given, options)));
  program
    .command('restore')
    .description('Make a data folder of a backup, and verify it; without --data-dir only look whether it is sound')
    .requiredOption('--from <folder>', 'what backup made')
    .option('--data-dir <folder>', 'made new; one that holds something is refused')
    .action(async (options: Restoring) => answer(await restore(given, options)));
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
