import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { serveStdio as serve } from '@modelcontextprotocol/server/stdio';
import { type Agent, forwardedAgent, mintedAgent } from './agent.js';
import { ConfigFault, type Identity, type ServeStdio } from './config.js';
import type { Bridge } from './invoke.js';
import { mcpServer } from './mcp-server.js';

export interface StdioBridge {
  readonly agent: Agent;
  /** Resolves when the host has closed its end. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Serves one session on standard input and output. */
export async function serveStdio(bridge: Bridge, settings: ServeStdio, version: string): Promise<StdioBridge> {
  const { policy } = bridge.surface;
  const agent = await agentOf(settings.identity, policy.canonicalRole);
  if (!policy.roles.includes(agent.role))
    throw new ConfigFault(
      'DISPATCH_TOOLS_ACTOR_ROLE',
      `must be one of ${policy.roles.join(', ')}, in it or in the token`,
    );
  const session = { agent, correlationId: settings.correlationId ?? randomUUID() };
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  const handle = serve(() => mcpServer(bridge, session, version), {
    onerror: (error) =>
      bridge.log.warn({ error: error.message.slice(0, 200) }, 'a message was not as the protocol has it'),
  });
  return { agent, ended, close: () => handle.close() };
}

/** The agent of a session that is set from outside. */
export async function agentOf(identity: Identity, canonicalRole: (role: string) => string): Promise<Agent> {
  if ('agent' in identity) {
    const { agent, credential } = identity;
    return mintedAgent({ ...agent, role: canonicalRole(agent.role) }, credential, Date.now);
  }
  if ('token' in identity) return forwardedAgent(async () => identity.token, canonicalRole);
  // Read anew for each call: whoever issues it renews it before it expires.
  return forwardedAgent(async () => (await readFile(identity.tokenFile, 'utf8')).trim(), canonicalRole);
}
