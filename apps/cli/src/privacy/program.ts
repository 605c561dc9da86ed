import type { Uuid } from '@dispatch/ticket';
import type { Command } from 'commander';
import type { Surroundings } from '../database.js';
import { type By, operator, several, ticketId, ticketIds } from '../options.js';
import * as privacy from './commands.js';

/** The commands that find and erase people. */
export function addPrivacy(program: Command, given: Surroundings, answer: (good: boolean) => void): void {
  const group = program.command('privacy').description('The people that the log tells of: find and erase them');
  const about = (usage: string, description: string) =>
    group
      .command(usage)
      .description(description)
      .argument('[subjects...]', 'ids of subjects', ticketIds)
      .option('--email <address>', 'who goes by this e-mail address; may be given several times', several, [])
      .option('--phone <number>', 'who goes by this phone number; may be given several times', several, []);

  about('erase', 'Destroy the keys of people: what the log holds of them is erased, in every copy of it')
    .option('--lost', 'also where the key is lost: nothing opens what it sealed, and it is then shown as erased', false)
    .option('--by <who>', 'whom the record names', operator())
    .action(
      async (subjects: readonly string[], { by, lost, ...names }: By & Names & { lost: boolean }, command: Command) => {
        const meant = { subjects, ...names };
        if (!isSaid(meant)) command.error('error: say whom: the id of a subject, --email or --phone');
        answer(await privacy.erase(given, meant, by, lost));
      },
    );
  about('find', 'Tell where in the log people stand, sealed or in plain')
    .option('--ticket <id>', 'the people of this ticket', ticketId)
    .option('--site <id>', 'the people of this site', ticketId)
    .action(async (subjects: readonly string[], { ticket, site, ...names }: Names & Streams, command: Command) => {
      const meant = { subjects, ...names };
      const streams = [...(ticket ? [`ticket-${ticket}`] : []), ...(site ? [`site-${site}`] : [])];
      if (!isSaid(meant) && streams.length === 0)
        command.error('error: say whom: the id of a subject, --email, --phone, --ticket or --site');
      answer(await privacy.find(given, meant, streams));
    });
  group
    .command('list')
    .description('How many have a key, and who was erased')
    .option('--json', 'for programs', false)
    .action(async ({ json }: { json: boolean }) => answer(await privacy.list(given, json)));
  group
    .command('new-key')
    .description('Print a new master key, for DISPATCH_PRIVACY_KEY')
    .action(() => answer(privacy.newKey(given)));
  group
    .command('change-key')
    .description('Put every key under a new master key; processes that have the old one fail until they have the new')
    .requiredOption('--to <file>', 'the file of the new master key, such as new-key prints')
    .action(async ({ to }: { to: string }) => answer(await privacy.changeKey(given, to)));
  group
    .command('backup-keys')
    .description('Write the keys, still under the master key, into a file: a backup of the log does not hold them')
    .requiredOption('--out <file>', 'a file that is not there yet')
    .action(async ({ out }: { out: string }) => answer(await privacy.backupKeys(given, out)));
  group
    .command('restore-keys')
    .description('Take keys over from such a file, but for those that were erased')
    .requiredOption('--from <file>', 'what backup-keys wrote')
    .option('--master-key-file <file>', 'the master key that they were under, where it is another one now')
    .action(async ({ from, masterKeyFile }: { from: string; masterKeyFile?: string }) =>
      answer(await privacy.restoreKeys(given, from, masterKeyFile)),
    );
}

type Names = Omit<privacy.Meant, 'subjects'>;

interface Streams {
  readonly ticket?: Uuid;
  readonly site?: Uuid;
}

const isSaid = ({ subjects, email, phone }: privacy.Meant): boolean =>
  subjects.length + email.length + phone.length > 0;
