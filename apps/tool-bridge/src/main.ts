import { PolicyFault } from '@dispatch/policy';
import { TokenFault } from './agent.js';
import { openBridge } from './bridge.js';
import { ConfigFault, readConfig } from './config.js';
import { toolsThatDiffer } from './drift.js';
import { page } from './generated/api-page.js';
import { serveHttp } from './http.js';
import { serveStdio } from './stdio.js';

/** What a line explains better than a stack does. */
const EXPLAINED = [ConfigFault, PolicyFault, TokenFault];
const EXPLAINED_CODES = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOENT'];

function fail(error: unknown): never {
  const known =
    EXPLAINED.some((fault) => error instanceof fault) ||
    (error instanceof Error && 'code' in error && EXPLAINED_CODES.includes(String(error.code)));
  const told = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`Dispatch's tools could not go on: ${told}\n`);
  process.exit(1);
}

try {
  const config = readConfig(process.env);
  const { serve } = config;
  const bridge = await openBridge(config);
  const { version } = bridge;
  void toolsThatDiffer(bridge, page).then((tools) => {
    if (tools && tools.length > 0)
      bridge.log.warn({ tools }, 'the API that runs is of another release: these tools differ');
  });
  const say = (line: string) => process.stderr.write(`${line}\n`);

  if (serve.transport === 'stdio') {
    const session = await serveStdio(bridge, serve, version);
    const { agent } = session;
    say(`Dispatch's tools are served on stdio for ${agent.id}, ${agent.role}, by ${config.apiUrl}`);
    await Promise.race([session.ended, signalled()]);
    await session.close();
  } else {
    const running = await serveHttp(bridge, serve, version);
    say(`Dispatch's tools are running at ${running.url}, by ${config.apiUrl}`);
    await signalled();
    await running.close();
  }
  await bridge.close();
  process.exit(0);
} catch (error) {
  fail(error);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
