import { useQuery } from '@tanstack/react-query';
import { Refused } from '../api/call.js';
import { device } from '../outbox/browser.js';
import { useActorKey } from '../outbox/use-outbox.js';
import { useSession } from '../shell/session.js';

/** An answer of the service, or the last one that this device kept. */
export interface Kept<T> {
  readonly answer: T | undefined;
  /** When the service was asked for it; milliseconds since 1970, by this device. */
  readonly at: number | undefined;
  /** The service does not answer now; what is shown is the kept one. */
  readonly away: boolean;
  /** The service answered no. */
  readonly refused: Refused | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/** Milliseconds after which a request on a dying connection is given up. */
const REQUEST_MS = 15_000;

/** Reads, keeps what was read for later, and shows what was kept while the service cannot be reached. */
export function useKept<T>(path: string, options: { ticketId?: string; everyMs?: number } = {}): Kept<T> {
  const { request } = useSession();
  const actor = useActorKey() ?? '';
  const key = [actor, path, options.ticketId ?? ''];
  const fresh = useQuery({
    queryKey: ['kept', ...key],
    queryFn: async ({ signal }) => {
      const at = Date.now();
      const { body } = await request<T>(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]) });
      // A device without room shows what it has read all the same.
      await device.keep({ actor, path, answer: body, at }).catch(() => {});
      return { answer: body, at };
    },
    // Being offline is an answer here, not a reason to wait.
    networkMode: 'always',
    retry: false,
    refetchInterval: options.everyMs ?? false,
  });
  const old = useQuery({
    queryKey: ['device', ...key],
    queryFn: async () => (await device.find(actor, path).catch(() => undefined)) ?? null,
    networkMode: 'always',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const kept = fresh.data ?? old.data ?? undefined;
  const refused = fresh.error instanceof Refused && fresh.error.status < 500 ? fresh.error : undefined;
  return {
    answer: kept?.answer as T | undefined,
    at: kept?.at,
    away: fresh.error !== null && !refused,
    refused,
    loading: fresh.isPending && (old.isPending || !old.data),
    again: () => void fresh.refetch(),
  };
}
