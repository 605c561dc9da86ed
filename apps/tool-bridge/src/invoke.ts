import { randomUUID } from 'node:crypto';
import { type Agent, TokenFault } from './agent.js';
import type { ApiAnswer, ApiClient, ApiOutcome, ApiRequest, Patience } from './api-client.js';
import { at, isRecord, list } from './api-page.js';
import { argumentsOf, isUuid } from './arguments.js';
import type { CallLine, Log } from './log.js';
import { type CallIds, done, type Outcome, type Refusal, refused } from './outcome.js';
import { argumentOf, type Surface, type Tool } from './surface.js';

/** What a call of a tool needs from around it. */
export interface Bridge {
  readonly surface: Surface;
  readonly api: ApiClient;
  readonly log: Log;
  readonly patience: Patience;
}

export interface ToolRequest {
  /** As a host names it. */
  readonly name: string;
  /** Anything: it is checked here. */
  readonly args: unknown;
  /** The call's identity where the arguments name none; by default a new one. */
  readonly requestId?: string;
  readonly correlationId: string;
  /** W3C trace context, passed on as it is. */
  readonly trace?: Trace;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Trace {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** A call with its agent, as it is looked at before it is sent. */
interface Asked {
  readonly surface: Surface;
  readonly agent: Agent;
  readonly name: string;
  readonly ids: CallIds;
  /** Undefined when they are no object. */
  readonly args: Arguments | undefined;
}

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Calls a tool for an agent. Whatever is wrong with the call, or with the API, is an outcome. What needs no API to be
 * refused never reaches it; what reaches it is checked there again, and widened by nothing here. Rejects when the
 * host gives the call up, and for faults of the bridge itself.
 */
export async function invoke(bridge: Bridge, agent: Agent, call: ToolRequest): Promise<Outcome> {
  const begun = performance.now();
  const { surface, log } = bridge;
  const args = argumentsOf(call.args);
  const ids = {
    tool: surface.named(call.name)?.name ?? 'unknown',
    request_id: identityOf(call, args),
    correlation_id: call.correlationId,
  };
  const line = lineOf(agent, ids, args, call.trace);
  const end = (outcome: Outcome, sent?: ApiOutcome): Outcome => {
    log.response({ ...line, ...resultOf(outcome, sent), duration_ms: Math.round(performance.now() - begun) });
    return outcome;
  };
  const refuse = (refusal: Refusal, sent?: ApiOutcome) => end(refused(surface, ids, agent.role, refusal), sent);

  const wellFormed = checked({ surface, agent, name: call.name, ids, args });
  if ('code' in wellFormed) return refuse(wellFormed);
  log.request(line);
  const token = await tokenOf(agent);
  if (typeof token !== 'string') return refuse(token);

  const { tool } = wellFormed;
  const request = requestOf(tool, wellFormed.args, { ...ids, token, trace: call.trace });
  const patience = { ...bridge.patience, timeoutMs: call.timeoutMs ?? bridge.patience.timeoutMs };
  const sent = await bridge.api.send(request, patience, call.signal).catch((error: unknown) => {
    log.warn(line, 'the host gave the call up');
    throw error;
  });
  if ('lost' in sent) return refuse(lost(sent.lost), sent);
  const { status, headers, json } = sent.answer;
  if (status < 200 || status >= 300 || !isRecord(json)) return refuse(apiError(sent.answer), sent);
  const replayed = headers['idempotency-replayed'] === 'true';
  const stale = headers['dispatch-stale'] === 'true';
  return end(done(surface, tool, ids, agent.role, json, { replayed, stale }), sent);
}

/** The call's identity: as its arguments say, as the host says, or a new one. */
function identityOf({ requestId }: ToolRequest, args: Arguments | undefined): string {
  const given = args?.['request_id'];
  return isUuid(given) ? given.toLowerCase() : (requestId ?? randomUUID());
}

/** What can be told without the API: tool and arguments, or the first thing that is wrong with them. */
function checked({
  surface,
  agent,
  name,
  ids,
  args,
}: Asked): { readonly tool: Tool; readonly args: Arguments } | Refusal {
  const tool = surface.named(name);
  const mine = () => surface.toolsOf(agent.role).map((one) => one.name);
  if (!tool) return { code: 'UNKNOWN_TOOL', message: `Unknown tool: ${printed(name)}`, available_tools: mine() };
  const { row, inputSchema, check } = tool;
  if (!surface.policy.allows(agent.role, row.tool))
    return {
      code: 'TOOL_ROLE_FORBIDDEN',
      message: `The role ${agent.role} may not use ${tool.name}`,
      allowed_roles: row.roles,
      available_tools: mine(),
    };
  if (!args) return invalid([{ field: 'arguments', message: 'arguments must be a JSON object' }]);
  const isOnTicket = list(inputSchema['required']).includes('ticket_id');
  if (isOnTicket && !isUuid(args['ticket_id']))
    return { code: 'INVALID_TICKET_ID', message: 'ticket_id must be the UUID of a ticket' };
  const faults = check(args);
  if (faults.length > 0) return invalid(faults);
  // What the host says beside the arguments.
  if (!isUuid(ids.request_id)) return invalid([{ field: 'request_id', message: 'request_id must be a UUID' }]);
  if (!CORRELATION_ID.test(ids.correlation_id)) return invalid([CORRELATION_FAULT]);
  return { tool, args };
}

/** What a stranger sent, fit to be shown. */
const printed = (name: string): string => name.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');

const invalid = (fields: readonly { readonly field: string; readonly message: string }[]): Refusal => ({
  code: 'INVALID_REQUEST',
  message: fields.map(({ message }) => message).join('; '),
  fields,
});

const lost = (how: 'timeout' | 'unreachable'): Refusal =>
  how === 'timeout'
    ? {
        code: 'DISPATCH_API_TIMEOUT',
        message: 'Dispatch did not answer in time; whether the call was done is not known',
      }
    : {
        code: 'DISPATCH_API_UNREACHABLE',
        message: 'Dispatch cannot be reached; whether the call was done is not known',
      };

/** The API's refusal, whole; what a model needs first stands beside it. */
function apiError({ status, json }: ApiAnswer): Refusal {
  const error = at(json, 'error');
  if (!isRecord(error))
    return {
      code: 'DISPATCH_API_ERROR',
      message: `Dispatch answered with status ${status}`,
      status,
      dispatch_error: null,
    };
  const told = Object.fromEntries(TOLD.filter((name) => error[name] !== undefined).map((name) => [name, error[name]]));
  const [code, message] = [text(error['code']), text(error['message'])];
  return { code: 'DISPATCH_API_ERROR', message: `${code}: ${message}`, status, ...told, dispatch_error: error };
}

const TOLD = ['from_state', 'allowed_from_states', 'missing_evidence_keys', 'missing_checklist_keys', 'fields'];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A session's token, or why it has none any more. */
async function tokenOf(agent: Agent): Promise<string | Refusal> {
  try {
    return await agent.token();
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error;
    const dispatch_error = { code: 'INVALID_AUTH_CLAIMS', message: error.message };
    return { code: 'DISPATCH_API_ERROR', message: error.message, dispatch_error };
  }
}

function requestOf(
  { row, query }: Tool,
  args: Arguments,
  { request_id, correlation_id, token, trace }: CallIds & { readonly token: string; readonly trace?: Trace },
): ApiRequest {
  const used = new Set(['request_id']);
  const path = row.path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    used.add(argumentOf(parameter));
    return encodeURIComponent(text(args[argumentOf(parameter)]));
  });
  const asked = new URLSearchParams();
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    if (used.has(name)) continue;
    if (!query.includes(name)) body[name] = value;
    else for (const one of Array.isArray(value) ? value : [value]) asked.append(name, String(one));
  }
  return {
    method: row.method,
    path: asked.size > 0 ? `${path}?${asked.toString()}` : path,
    headers: {
      authorization: `Bearer ${token}`,
      'x-tool-name': row.tool,
      'x-correlation-id': correlation_id,
      ...(row.mutating && { 'idempotency-key': request_id }),
      ...(trace?.traceparent !== undefined && { traceparent: trace.traceparent }),
      ...(trace?.tracestate !== undefined && { tracestate: trace.tracestate }),
    },
    ...(row.mutating && { body: JSON.stringify(body) }),
  };
}

function lineOf(agent: Agent, ids: CallIds, args: Arguments | undefined, trace: Trace | undefined): CallLine {
  const ticket = args?.['ticket_id'];
  return {
    tool_name: ids.tool,
    request_id: ids.request_id,
    correlation_id: ids.correlation_id,
    trace_id: trace?.traceparent?.split('-')[1] ?? null,
    actor_id: agent.id,
    actor_role: agent.role,
    ticket_id: isUuid(ticket) ? ticket.toLowerCase() : null,
  };
}

function resultOf(outcome: Outcome, sent?: ApiOutcome) {
  const dispatch = outcome.ok ? undefined : at(outcome.error.dispatch_error, 'code');
  return {
    ok: outcome.ok,
    error_code: outcome.ok ? null : outcome.error.code,
    dispatch_code: typeof dispatch === 'string' ? dispatch : null,
    status: sent && 'answer' in sent ? sent.answer.status : null,
    attempts: sent?.attempts ?? 0,
    replay: outcome.ok && outcome.replayed,
  };
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]{1,200})?$/;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** The trace context that a caller names; one that is malformed is left out, as the standard asks. */
export function traceOf(traceparent: unknown, tracestate: unknown): Trace | undefined {
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return undefined;
  return { traceparent, ...(typeof tracestate === 'string' && TRACESTATE.test(tracestate) && { tracestate }) };
}

/** What the API takes for one. */
const CORRELATION_ID = /^[\x21-\x7e]{1,200}$/;
const CORRELATION_FAULT = {
  field: 'correlation_id',
  message: 'the correlation id must be 1 to 200 printable ASCII characters without spaces',
};
