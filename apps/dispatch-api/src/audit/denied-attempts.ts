import type { Environment } from '@dispatch/access';
import { type Attempt, DENIALS, type DenialLimits, isDenialCode, networkOf, type Recorder } from '@dispatch/denials';
import type { Policy } from '@dispatch/policy';
import { givenWhole } from '@dispatch/process';
import { parseUuid } from '@dispatch/ticket';
import type { FastifyInstance } from 'fastify';
import { type DispatchRequest, endpointOf, header } from '../request.js';

/** What one process records in a minute at most; at its worst some 25 MB a day in each log. */
export function readDenialLimits(env: Environment): DenialLimits {
  const most = 6_000;
  return {
    perMinute: givenWhole(env, 'DISPATCH_DENIED_PER_MINUTE', { usual: 60, least: 1, most }),
    perSource: givenWhole(env, 'DISPATCH_DENIED_PER_SOURCE', { usual: 20, least: 1, most }),
  };
}

/**
 * Hands what is refused for who asks to the recorder, as the refusal leaves: nobody waits for it, and a client that
 * does not stay for the answer is recorded all the same. On a stop what waits is written, when all is answered.
 */
export function recordDenials(server: FastifyInstance, recorder: Recorder, policy: Policy, clock: () => number): void {
  const attemptOf = attempts(policy);
  server.addHook('onSend', (request, _reply, _payload, done) => {
    const attempt = attemptOf(request as DispatchRequest, clock());
    if (attempt) recorder.offer(attempt);
    done();
  });
  server.addHook('onClose', () => recorder.close());
}

function attempts(policy: Policy) {
  const all = [...policy.tools, ...policy.directory, ...policy.audit];
  const toolOf = new Map(all.map(({ method, path, tool }) => [`${method} ${path}`, tool]));
  const names = new Set(all.map(({ tool }) => tool));
  const ofTickets = new Set(policy.tools.filter(({ path }) => path.includes('{id}')).map(({ path }) => path));

  return (request: DispatchRequest, now: number): Attempt | undefined => {
    const { outcome: { code, details } = {}, askedBy, method, params } = request;
    if (!isDenialCode(code)) return undefined;
    const endpoint = endpointOf(request);
    const asked = code === 'TOOL_NOT_ALLOWED' ? header(request, 'x-tool-name') : undefined;
    return {
      at: new Date(now).toISOString(),
      code,
      dimension: DENIALS[code],
      field: textIn(details, 'claim') ?? textIn(details, 'header') ?? textIn(details, 'scope_field') ?? null,
      target_id: parseUuid(textIn(details, 'target_id')) ?? null,
      actor: askedBy ? { id: askedBy.id, role: askedBy.role, type: askedBy.type } : null,
      tool: toolOf.get(`${method === 'HEAD' ? 'GET' : method} ${endpoint}`) ?? null,
      asked_tool: asked !== undefined && names.has(asked) ? asked : null,
      method,
      endpoint,
      ticket_id: ofTickets.has(endpoint) ? (parseUuid(params.id) ?? null) : null,
      network: networkOf(request.ip),
    };
  };
}

function textIn(details: object | undefined, name: string): string | undefined {
  const value: unknown = details && Reflect.get(details, name);
  return typeof value === 'string' ? value : undefined;
}
