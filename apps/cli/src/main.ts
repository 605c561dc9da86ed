import { Command } from 'commander';
import { demo } from './demo/demo.js';

const program = new Command('dispatch').description('Dispatch for engineers and auditors');

program
  .command('demo')
  .description('Tell the life of one emergency ticket against a running service, step by step')
  .option('--url <url>', 'where the API listens', 'http://127.0.0.1:8080')
  .action(async ({ url }: { url: string }) => {
    process.exitCode = (await demo({
      url,
      secret: process.env.DISPATCH_AUTH_JWT_SECRET,
      print: (line) => process.stdout.write(`${line}\n`),
    }))
      ? 0
      : 1;
  });

await program.parseAsync();
