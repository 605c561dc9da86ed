import { randomUUID } from 'node:crypto';
import {
  type ActingAgent,
  type Agent,
  forwardedAgent,
  mintedAgent,
  readToken,
  type ServiceCredential,
} from './agent.js';
import { openBridge } from './bridge.js';
import { readCommon, readCredential, type Environment } from './config.js';
import type { ToolTypes } from './generated/tool-types.js';
import { invoke, traceOf } from './invoke.js';
import type { Log } from './log.js';
import type { Done, Refused } from './outcome.js';

export type { ActingAgent, Scope, ServiceCredential } from './agent.js';
export type { Done, Outcome, RefusalBody, RefusalCode, Refused, Untrusted } from './outcome.js';
export type * from './generated/tool-types.js';

export type ToolName = keyof ToolTypes;

/** Whom a call is made for: by a token of its own, or by one that is minted with the service credential. */
export type Actor = ActingAgent | { readonly token: string };

/** One call of a tool, typed by its name. */
export type ToolCall<T extends ToolName> = {
  readonly tool: T;
  /** The call's identity, a UUID. Give the same again when the answer was lost. */
  readonly requestId?: string;
  /** By default a new one. */
  readonly correlationId?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
  /** For the whole call with all its tries. */
  readonly timeoutMs?: number;
  readonly actor: Actor;
} & (ToolTypes[T]['ticket'] extends true ? { readonly ticketId: string } : { readonly ticketId?: undefined }) &
  Payload<ToolTypes[T]['payload']>;

/** The body of a command or the query of a read; where all of it is optional it may be left out. */
type Payload<P> = object extends P ? { readonly payload?: P } : { readonly payload: P };

/** What comes of it: the API's answer, or a refusal as data. Nothing is thrown for a business reason. */
export type ToolOutcome<T extends ToolName> =
  | (Omit<Done, 'result'> & { readonly result: ToolTypes[T]['result'] })
  | Refused;

export interface DispatchTools {
  invokeDispatchTool<T extends ToolName>(call: ToolCall<T>): Promise<ToolOutcome<T>>;
  close(): Promise<void>;
}

export interface DispatchToolsOptions {
  /** Where the API listens; else as DISPATCH_TOOLS_API_URL says. */
  readonly apiUrl?: string;
  /** What tokens for an actor are minted with; else as DISPATCH_TOOLS_JWT_SECRET says. */
  readonly credential?: ServiceCredential;
  /** Where log lines go; else to standard error. */
  readonly log?: Log;
}

/** The tools for a program that embeds them. Everything that is not said is taken from the environment. */
export async function openDispatchTools(
  options: DispatchToolsOptions = {},
  env: Environment = process.env,
): Promise<DispatchTools> {
  const settings = readCommon(env);
  const bridge = await openBridge(
    // Names of a host do not matter here: a tool is called as the policy calls it.
    { ...settings, apiUrl: options.apiUrl ?? settings.apiUrl, naming: 'dotted' },
    options.log,
  );
  const credential = options.credential ?? readCredential(env);
  const { canonicalRole } = bridge.surface.policy;

  async function agentFor(actor: Actor): Promise<Agent> {
    if ('token' in actor) {
      readToken(actor.token, canonicalRole);
      return forwardedAgent(async () => actor.token, canonicalRole);
    }
    if (!credential) throw new Error('an actor without a token needs a service credential');
    return mintedAgent({ ...actor, role: canonicalRole(actor.role) }, credential, Date.now);
  }

  return {
    async invokeDispatchTool<T extends ToolName>(call: ToolCall<T>) {
      const { tool, ticketId, payload, actor, requestId, correlationId, traceparent, timeoutMs } = call;
      const outcome = await invoke(bridge, await agentFor(actor), {
        name: tool,
        args: { ...payload, ...(ticketId !== undefined && { ticket_id: ticketId }) },
        requestId,
        correlationId: correlationId ?? randomUUID(),
        trace: traceOf(traceparent, undefined),
        timeoutMs,
      });
      // The API's page tells both the types and the answers; a test holds one against the other.
      return outcome as ToolOutcome<T>;
    },
    close: () => bridge.close(),
  };
}

let shared: Promise<DispatchTools> | undefined;

/** {@link DispatchTools.invokeDispatchTool} with the tools that the environment describes, opened by the first call. */
export async function invokeDispatchTool<T extends ToolName>(call: ToolCall<T>): Promise<ToolOutcome<T>> {
  shared ??= openDispatchTools();
  return (await shared).invokeDispatchTool(call);
}
