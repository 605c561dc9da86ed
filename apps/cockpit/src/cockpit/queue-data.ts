import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { QueuePage, QueueRow, Site, Technician, Ticket } from '../api/answers.js';
import { useSession } from '../shell/session.js';
import { setServiceTime } from './clock.js';
import { type Filters, filterParams } from './view.js';

const PAGE = 200;

interface Page {
  /** What the rows reflect; a position of the log. */
  readonly position: string | undefined;
  readonly rows: readonly QueueRow[];
  readonly next: string | null;
  readonly counts: QueuePage['counts'] | undefined;
}

/** The queue in the service's order, page after page; roles without it get the list of tickets in the same rows. */
export function useQueue(dispatcher: boolean, filters: Filters, q: string) {
  const { request } = useSession();
  const search = dispatcher ? '' : q;
  const query = useInfiniteQuery<Page, Error, InfiniteData<Page>, readonly unknown[], string | null>({
    queryKey: ['queue', dispatcher, filters, search],
    initialPageParam: null,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }) => {
      const params = new URLSearchParams([...filterParams(filters), ['limit', String(PAGE)]]);
      if (search) params.set('q', search);
      if (pageParam) params.set('cursor', pageParam);
      if (dispatcher) {
        const { body, position } = await request<QueuePage>(`/ux/dispatcher/cockpit?${params}`, { signal });
        setServiceTime(body.generated_at);
        return { position, rows: body.queue, next: body.next_cursor, counts: body.counts };
      }
      params.delete('sla_status');
      const { body, position } = await request<{ tickets: readonly Ticket[]; next_cursor: string | null }>(
        `/tickets?${params}`,
        { signal },
      );
      return { position, rows: body.tickets.map(rowOf), next: body.next_cursor, counts: undefined };
    },
    getNextPageParam: ({ next }) => next,
  });
  const pages = query.data?.pages;
  // A row may stand on two pages for a moment when it moved between the requests.
  const rows = useMemo(
    () => [...new Map(pages?.flatMap(({ rows }) => rows.map((row) => [row.ticket_id, row]))).values()],
    [pages],
  );
  return { ...query, rows, counts: pages?.[0]?.counts };
}

/**
 * Where the stream of changes has to begin for what is shown: the position of the reading that is under way. Undefined
 * where nothing is listed, and where the reading fails.
 */
export async function positionShown(queries: QueryClient): Promise<string | undefined> {
  const what = { queryKey: ['queue'], type: 'active' } as const;
  if (queries.isFetching(what) > 0) await queries.refetchQueries(what, { cancelRefetch: false });
  const [[, data] = []] = queries.getQueriesData<InfiniteData<Page>>(what);
  return data?.pages[0]?.position;
}

const rowOf = (ticket: Ticket): QueueRow => ({
  ticket_id: ticket.id,
  state: ticket.state,
  priority: ticket.priority,
  incident_type: ticket.incident_type,
  summary: ticket.summary,
  site: null,
  assigned_tech: ticket.assigned_tech_id,
  scheduled_start: ticket.scheduled_start,
  last_update_at: ticket.updated_at,
  sla_deadline_at: null,
  sla_timer_remaining_minutes: null,
  sla_status: null,
  sla_clock: null,
});

const MARKED_MS = 2500;
const NONE: ReadonlySet<string> = new Set();

/** The rows that were changed by what came last, for a moment. Rows that are new on the screen are not marked. */
export function useChanged(rows: readonly QueueRow[]): ReadonlySet<string> {
  const seen = useRef(new Map<string, string>());
  const [changed, setChanged] = useState(NONE);
  useEffect(() => {
    const ids = rows.filter(({ ticket_id, last_update_at }) => {
      const before = seen.current.get(ticket_id);
      return before !== undefined && before !== last_update_at;
    });
    for (const { ticket_id, last_update_at } of rows) seen.current.set(ticket_id, last_update_at);
    if (ids.length > 0) setChanged(new Set(ids.map(({ ticket_id }) => ticket_id)));
  }, [rows]);
  useEffect(() => {
    if (changed.size === 0) return;
    const timer = setTimeout(() => setChanged(NONE), MARKED_MS);
    return () => clearTimeout(timer);
  }, [changed]);
  return changed;
}

/** So many entries of the directory are offered; beyond, an id has to be known. */
const DIRECTORY_PAGES = 10;

function useDirectory<T>(kind: 'technicians' | 'sites', enabled: boolean) {
  const { request } = useSession();
  return useQuery({
    queryKey: ['directory', kind],
    enabled,
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const all: T[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < DIRECTORY_PAGES; page += 1) {
        const params: URLSearchParams = new URLSearchParams({ limit: '200', ...(cursor ? { cursor } : {}) });
        const { body } = await request<Record<string, unknown>>(`/${kind}?${params}`, { signal });
        all.push(...(body[kind] as T[]));
        cursor = body.next_cursor as string | null;
        if (!cursor) break;
      }
      return all;
    },
  });
}

export const useTechnicians = (enabled: boolean) => useDirectory<Technician>('technicians', enabled);
export const useSites = (enabled: boolean) => useDirectory<Site>('sites', enabled);
