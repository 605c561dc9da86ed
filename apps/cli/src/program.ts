import { FORMATS } from '@dispatch/audit';
import { DENIALS } from '@dispatch/denials';
import { withSecretFiles } from '@dispatch/process';
import { parseInstant, type Uuid } from '@dispatch/ticket';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Denying, printDenied } from './audit/denied.js';
import { type Exporting, history } from './audit/history.js';
import { type Replaying, replay } from './audit/replay.js';
import { verify, type Verifying } from './audit/verify.js';
import { backup } from './backup/backup.js';
import { restore, type Restoring } from './backup/restore.js';
import type { Surroundings } from './database.js';
import { demo } from './demo/demo.js';
import { explained, masked } from './failure.js';
import { copy, type CopyOptions } from './log/command.js';
import { migrate } from './migrate.js';
import { type By, operator, several, ticketId, ticketIds } from './options.js';
import { addPrivacy } from './privacy/program.js';
import * as projections from './projections/commands.js';
import * as proof from './proof/commands.js';
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
    .command('migrate')
    .description("Bring the schemas of DISPATCH_DATABASE_URL up to date, with the owner's login of the migration URL")
    .action(async () => answer(await migrate(given)));

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
  addAudit(program, given, answer);
  addProof(program, given, answer);
  addPrivacy(program, given, answer);
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

function addAudit(program: Command, given: Surroundings, answer: (good: boolean) => void): void {
  const group = program.command('audit').description('The log as an auditor asks for it: replay, verify, take along');

  group
    .command('replay')
    .description('Tell the history of a ticket, step by step')
    .argument('<ticket>', 'its id', ticketId)
    .option('--as-of <moment>', 'stop at this time, or after this version', moment)
    .option('--json', 'for programs', false)
    .action(async (id: Uuid, replaying: Replaying) => answer(await replay(given, id, replaying)));
  group
    .command('verify')
    .description('Recompute every hash, decide every command again, and compare the read models with the log')
    .option('--ticket <id>', 'only this ticket, and what its decisions rested on', ticketId)
    .option('--all', 'the whole log', false)
    .option(
      '--processes <number>',
      'how many check side by side; else as many as there are processors, up to 4',
      positive,
    )
    .action(async ({ all, ...verifying }: Verifying & { all: boolean }, command: Command) => {
      if ((verifying.ticket === undefined) !== all) command.error('error: say either --ticket <id> or --all');
      answer(await verify(given, verifying));
    });
  group
    .command('denied')
    .description('List what was refused for who asked: role, tool, scope and authentication')
    .option('--actor <id>', 'only of this actor')
    .addOption(new Option('--code <code>', 'only with this code').choices(Object.keys(DENIALS)))
    .option('--from <time>', 'from this time on; else 24 hours before --to', time)
    .option('--to <time>', 'before this time; else now', time)
    .option('--json', 'for programs: an entry a line', false)
    .action(async (denying: Denying) => answer(await printDenied(given, denying)));
  group
    .command('history')
    .description('Write the histories of tickets for other programs')
    .argument('[tickets...]', 'their ids; all tickets when none is named', ticketIds)
    .addOption(
      new Option('--format <format>', 'JSON Lines, CSV, or OCEL 2.0 as JSON').choices(FORMATS).makeOptionMandatory(),
    )
    .option('--out <file>', 'a new file; else it is printed')
    .option('--personal', 'with what people wrote, and requests word for word', false)
    .action(async (ids: readonly Uuid[], exporting: Exporting, command: Command) => {
      if (exporting.personal && exporting.format === 'ocel')
        command.error('error: OCEL has no place for what people wrote; --personal goes with jsonl and csv');
      answer(await history(given, ids, exporting));
    });
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
    .command('new-key')
    .description('Print a new signing key, for DISPATCH_AUDIT_SIGNING_KEY')
    .argument('<name>', "the log's name in what is signed, such as example.com/dispatch")
    .action((name: string) => answer(proof.newKey(given, name)));
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

/** A version or an instant, as `as_of` of the API takes it. */
function moment(text: string): Replaying['asOf'] {
  if (/^\d{1,15}$/.test(text)) return { version: Number(text) };
  const time = parseInstant(text);
  if (!time) throw new InvalidArgumentError('It must be a version or a time such as 2026-10-01T00:00:00Z.');
  return { time };
}

const instant = (text: string): number => Date.parse(time(text));

function time(text: string): string {
  const found = parseInstant(text);
  if (!found) throw new InvalidArgumentError('It must be a time such as 2026-10-01T00:00:00Z.');
  return found;
}
