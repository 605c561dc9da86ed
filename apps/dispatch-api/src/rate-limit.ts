import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import { refuse } from './error.filter.js';
import type { Limits } from './limits.js';
import type { DispatchRequest } from './request.js';

/** A proxy asks these from the address that its clients' requests come from: refused there, it takes the process out. */
const PROBES: readonly string[] = ['/health', '/ready'];

/** Counts a request that was recognised for its actor. @throws ApiError RATE_LIMITED */
export type CountActor = (request: DispatchRequest, actorId: string) => Promise<void>;

/**
 * Counts requests in windows, in this process: by address (of IPv6 by /64) before anything is read of a request, so
 * that guessing tokens is counted too, and by actor once it is known who asks. The 5,000 of each that asked last are
 * known; whoever asks too often is among them.
 */
export async function limitRequests(server: FastifyInstance, { rate }: Limits): Promise<CountActor> {
  const { windowMs: timeWindow, perActor, perAddress } = rate;
  await server.register(rateLimit, { global: false });

  if (perAddress !== undefined) {
    const counted = server.createRateLimit({ max: perAddress, timeWindow });
    server.addHook('onRequest', async (request, reply) => {
      if (PROBES.includes(request.routeOptions.url ?? '')) return undefined;
      const refusal = refusalOf(await counted(request), 'from this address');
      return refusal ? refuse(request as DispatchRequest, reply, refusal) : undefined;
    });
  }
  if (perActor === undefined) return async () => undefined;

  const actors = new WeakMap<FastifyRequest, string>();
  const keyGenerator = (request: FastifyRequest) => actors.get(request) ?? '';
  const counted = server.createRateLimit({ max: perActor, timeWindow, keyGenerator });
  return async (request, actorId) => {
    actors.set(request, actorId);
    const refusal = refusalOf(await counted(request), 'by this actor');
    if (refusal) throw refusal;
  };
}

type Count = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

function refusalOf(count: Count, whose: string): ApiError | undefined {
  if (count.isAllowed || !count.isExceeded) return undefined;
  const headers = { 'retry-after': String(Math.max(1, count.ttlInSeconds)) };
  return new ApiError('RATE_LIMITED', `Too many requests ${whose}; wait before the next one`, {}, { headers });
}
