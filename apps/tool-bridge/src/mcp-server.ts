import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext,
  TRACEPARENT_META_KEY,
  TRACESTATE_META_KEY,
} from '@modelcontextprotocol/server';
import type { Agent } from './agent.js';
import { type Bridge, invoke, traceOf } from './invoke.js';
import type { Outcome } from './outcome.js';
import { promptsOf, promptText } from './prompts.js';
import { resourcesOf } from './resources.js';
import { told, toldAsData } from './told.js';

/** One agent's session with the bridge, over whatever transport. */
export interface Session {
  readonly agent: Agent;
  /** Of every call that names none of its own. */
  readonly correlationId: string;
}

/** A call's own correlation id, among the metadata of a request. */
export const CORRELATION_META_KEY = 'dispatch/correlation-id';
export const CORRELATION_HEADER = 'x-correlation-id';

/** How long a host may keep lists, in milliseconds: they change with a new start only. */
const LISTS_LAST_MS = 300_000;
const kept = { ttlMs: LISTS_LAST_MS, cacheScope: 'private' } as const;

/**
 * The server that answers one session: for one connection, or for one request. The low-level server of the SDK, since
 * what is refused here must come back as data, and the tools are a table that no call can add to.
 */
export function mcpServer(bridge: Bridge, session: Session, version: string): Server {
  const { surface } = bridge;
  const { agent } = session;
  const server = new Server(
    { name: 'dispatch', title: 'Dispatch', version },
    {
      capabilities: { tools: {}, resources: {}, prompts: {} },
      instructions: surface.guidance.instructions,
      cacheHints: { 'tools/list': kept, 'resources/list': kept, 'resources/read': kept, 'prompts/list': kept },
    },
  );

  server.setRequestHandler('tools/list', () => ({
    tools: surface.toolsOf(agent.role).map(({ name, row, description, inputSchema, outputSchema, annotations }) => ({
      name,
      title: row.title,
      description,
      inputSchema,
      outputSchema,
      annotations,
    })),
  }));

  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const calling = invoke(bridge, agent, {
      name: params.name,
      args: params.arguments,
      correlationId: correlationOf(ctx) ?? session.correlationId,
      trace: traceOf(
        ctx.mcpReq._meta?.[TRACEPARENT_META_KEY] ?? ctx.http?.req?.headers.get('traceparent'),
        ctx.mcpReq._meta?.[TRACESTATE_META_KEY] ?? ctx.http?.req?.headers.get('tracestate'),
      ),
      signal: ctx.mcpReq.signal,
    });
    return resultOf(await calling.catch((error: unknown) => failed(bridge, error, ctx.mcpReq.signal)));
  });

  const resources = resourcesOf(surface);
  server.setRequestHandler('resources/list', () => ({ resources: resources.map(({ text: _, ...shown }) => shown) }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [] }));
  server.setRequestHandler('resources/read', ({ params }) => {
    const found = resources.find(({ uri }) => uri === params.uri);
    if (!found) throw new ResourceNotFoundError(params.uri);
    return { contents: [{ uri: found.uri, mimeType: found.mimeType, text: found.text }] };
  });

  server.setRequestHandler('prompts/list', () => ({
    prompts: promptsOf(surface, agent.role).map(({ name, title, description, argument }) => ({
      name,
      title,
      description,
      arguments: [{ ...argument, required: false }],
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params }) => {
    const prompt = promptsOf(surface, agent.role).find(({ name }) => name === params.name);
    const text = prompt && promptText(surface, prompt, agent.role, params.arguments?.[prompt.argument.name]);
    if (!prompt || text === undefined)
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        prompt ? 'ticket_id must be the UUID of a ticket' : 'There is no such prompt',
      );
    return { description: prompt.description, messages: [{ role: 'user', content: { type: 'text', text } }] };
  });
  return server;
}

/** A refusal is a result that the model reads and may mend; a tool that there is not is the protocol's own error. */
function resultOf(outcome: Outcome) {
  if (!outcome.ok && outcome.error.code === 'UNKNOWN_TOOL')
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, told(outcome), outcome.error);
  return {
    content: [
      { type: 'text' as const, text: told(outcome) },
      { type: 'text' as const, text: toldAsData(outcome) },
    ],
    structuredContent: { ...outcome },
    isError: !outcome.ok,
  };
}

/** A fault of the bridge itself is told to the operator; a host learns that there was one. */
function failed({ log }: Bridge, error: unknown, { aborted }: AbortSignal): never {
  if (!aborted) log.warn({ error: error instanceof Error ? error.stack : String(error) }, 'a call failed');
  throw new ProtocolError(ProtocolErrorCode.InternalError, aborted ? 'The call was given up' : 'The bridge failed');
}

/** What the request says, or the HTTP request around it; whether it may be one is checked with the call. */
function correlationOf({ mcpReq, http }: ServerContext): string | undefined {
  const given = mcpReq._meta?.[CORRELATION_META_KEY] ?? http?.req?.headers.get(CORRELATION_HEADER) ?? undefined;
  return given === undefined || typeof given === 'string' ? given : '';
}
