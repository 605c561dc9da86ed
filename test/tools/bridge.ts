import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { Client, type CallToolResult, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { openBridge } from '../../apps/tool-bridge/src/bridge.js';
import { readConfig } from '../../apps/tool-bridge/src/config.js';
import { type HttpBridge, serveHttp } from '../../apps/tool-bridge/src/http.js';
import { openLog } from '../../apps/tool-bridge/src/log.js';
import { mintToken } from '../../libs/access/src/testing/mint.js';
import { at } from '../support/api.js';

/** What API and bridge share: of the length that production asks for. */
export const SECRET = 'a secret of the tests, of more than 32 bytes';
export const ACCESS = { secret: SECRET, allowDevHeaders: true, requireTechnicianId: false };

export const root = join(import.meta.dirname, '../..');

export interface Claims {
  readonly role: string;
  readonly sub?: string;
  readonly accounts?: readonly string[];
  readonly [claim: string]: unknown;
}

/** A token as whoever runs the service issues it, each of its own. */
export const tokenFor = ({ role, sub = `${role}-agent`, accounts = ['*'], ...claims }: Claims): Promise<string> =>
  mintToken(
    { sub, role, actor_type: 'AGENT', scope: { account_ids: accounts, site_ids: ['*'] }, jti: randomUUID(), ...claims },
    SECRET,
  );

export interface RunningBridge extends HttpBridge {
  /** Lines that it logged so far. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** The bridge over HTTP in this process, on a free port. */
export async function startBridge(apiUrl: string, settings: Record<string, string> = {}): Promise<RunningBridge> {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const config = readConfig({
    DISPATCH_TOOLS_API_URL: apiUrl,
    DISPATCH_TOOLS_TRANSPORT: 'http',
    DISPATCH_TOOLS_PORT: '0',
    ...settings,
  });
  if (config.serve.transport !== 'http') throw new Error('not over HTTP');
  const bridge = await openBridge(config, openLog('info', { write: (line) => void lines.push(JSON.parse(line)) }));
  const running = await serveHttp(bridge, config.serve, bridge.version);
  return {
    ...running,
    lines,
    async close() {
      await running.close();
      await bridge.close();
    },
  };
}

/** Which version a client speaks: the present one, or the ones that begin with a handshake. */
export type Era = 'modern' | 'legacy';

const clientOf = (era: Era) =>
  new Client(
    { name: 'a host', version: '1' },
    era === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {},
  );

export async function connect(url: string, token: string, era: Era = 'modern', headers = {}): Promise<Client> {
  const client = clientOf(era);
  const requestInit = { headers: { authorization: `Bearer ${token}`, ...headers } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}

/** The environment of a session over stdio whose tokens the bridge mints. */
export const stdioSettings = (
  apiUrl: string,
  role: string,
  more: Record<string, string> = {},
): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  DISPATCH_TOOLS_API_URL: apiUrl,
  DISPATCH_TOOLS_JWT_SECRET: SECRET,
  DISPATCH_TOOLS_ACTOR_ID: `${role}-agent`,
  DISPATCH_TOOLS_ACTOR_ROLE: role,
  DISPATCH_TOOLS_ACCOUNT_SCOPE: '*',
  DISPATCH_TOOLS_SITE_SCOPE: '*',
  DISPATCH_LOG_LEVEL: 'warn',
  ...more,
});

export const MAIN = ['--import', './test/support/typescript.mjs', 'apps/tool-bridge/src/main.ts'];

/** The bridge as a process of its own, spoken to over its standard streams. */
export async function connectStdio(env: Record<string, string>, era: Era = 'legacy'): Promise<Client> {
  const client = clientOf(era);
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: MAIN, cwd: root, env, stderr: 'ignore' }),
  );
  return client;
}

/** What came of a call: the outcome that stands in the structured content. */
export interface Called {
  readonly isError: boolean;
  readonly outcome: Readonly<Record<string, unknown>>;
  /** The short text. */
  readonly text: string;
  /** The data as text. */
  readonly data: string;
}

export async function call(
  client: Client,
  name: string,
  args: object = {},
  meta?: Record<string, unknown>,
): Promise<Called> {
  const check = (await outputsOf(client)).get(name);
  const result: CallToolResult = await client.callTool({
    name,
    arguments: { ...args },
    ...(meta && { _meta: meta }),
  });
  const texts = result.content.map((part) => (part.type === 'text' ? part.text : ''));
  if (check && !check(result.structuredContent)) throw new Error(`${name}: ${JSON.stringify(check.errors)}`);
  return {
    isError: result.isError === true,
    outcome: Object(result.structuredContent),
    text: texts[0] ?? '',
    data: texts[1] ?? '',
  };
}

const outputs = new WeakMap<Client, Promise<Map<string, ValidateFunction>>>();

/** What each tool of a session says that it answers. A client checks successes by it; here refusals are held to it too. */
function outputsOf(client: Client): Promise<Map<string, ValidateFunction>> {
  const known = outputs.get(client) ?? client.listTools().then(({ tools }) => new Map(tools.map(compiled)));
  outputs.set(client, known);
  return known;
}

const compiledBySchema = new Map<string, ValidateFunction>();
function compiled({ name, outputSchema }: { name: string; outputSchema?: object }): [string, ValidateFunction] {
  const text = JSON.stringify(outputSchema);
  const check =
    compiledBySchema.get(text) ?? new Ajv2020({ strict: false, validateFormats: false }).compile(Object(outputSchema));
  compiledBySchema.set(text, check);
  return [name, check];
}

/** `OK`, or the bridge's code and, where the API refused, its code. */
export function verdict({ isError, outcome }: Called): string {
  if (!isError) return 'OK';
  const codes = [at(outcome, 'error.code'), at(outcome, 'error.dispatch_error.code')];
  return codes.filter((code) => typeof code === 'string').join(' ');
}
