import './operations.css';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { Refused } from '../api/call.js';
import { useSession } from '../shell/session.js';
import { Alerts } from './alerts.js';
import type { AlertsAnswer, ProjectionRow, ProjectionsAnswer, ReadyAnswer, RejectionsAnswer } from './answers.js';
import { Projections } from './projections.js';
import { Rejections } from './rejections.js';

/** Milliseconds between looks. */
const EVERY_MS = 5_000;
const REJECTIONS = 50;

/** What engineers watch: whether the service can serve, how far its read models are, and what it refuses. */
export default function Page() {
  const ready = useLook<ReadyAnswer>('/ready');
  const projections = useLook<ProjectionsAnswer>('/ops/projections');
  const alerts = useLook<AlertsAnswer>('/ops/alerts');
  const rejections = useLook<RejectionsAnswer>(`/ops/rejections?limit=${REJECTIONS}`);
  const config = useLook<{ runbooks_url?: string }>('/ux/config', Number.POSITIVE_INFINITY);
  const me = useLook<{ actor_role: string }>('/ux/me', Number.POSITIVE_INFINITY);
  const forbidden = [projections, alerts].find(
    ({ refused }) => refused?.status === 403 || refused?.status === 401,
  )?.refused;
  const rows = projections.answer?.projections ?? [];
  const behind = rows.toSorted((a, b) => b.lag_positions - a.lag_positions)[0];

  return (
    <div className="ops">
      <header className="ops-head">
        <h1>Operations</h1>
        <Freshness looks={[ready, projections, alerts, rejections]} />
      </header>
      <main className="ops-main">
        {forbidden ? (
          <p className="ops-empty" role="alert">
            {forbidden.status === 401
              ? 'Your sign-in has expired.'
              : 'This page is for operators: your role may not see it.'}{' '}
            <span className="ops-code">{forbidden.code}</span>
          </p>
        ) : (
          <>
            <div className="ops-tiles">
              <Tile title="Service" {...readiness(ready)} />
              <Tile title="Log position" value={projections.answer ? String(projections.answer.head_position) : '–'} />
              <Tile title="Furthest behind" {...lagOf(behind)} />
              <Tile title="Alerts" {...raisedOf(alerts.answer)} />
            </div>
            <Part title="Alerts" look={alerts}>
              {(answer) => <Alerts alerts={answer.alerts} runbooks={config.answer?.runbooks_url} />}
            </Part>
            <Part title="Read models" look={projections}>
              {(answer) => (
                <Projections
                  rows={answer.projections}
                  mayRebuild={me.answer?.actor_role === REBUILDS}
                  again={projections.again}
                />
              )}
            </Part>
            <Part title="Refused lately" look={rejections}>
              {(answer) => <Rejections {...answer} />}
            </Part>
          </>
        )}
      </main>
    </div>
  );
}

/** The role whose rebuild the service takes; it checks for itself. */
const REBUILDS = 'admin';

interface Look<T> {
  readonly answer: T | undefined;
  /** Milliseconds since 1970, by this device; 0 before the first answer. */
  readonly at: number;
  readonly error: Error | null;
  readonly refused: Refused | undefined;
  readonly again: () => void;
}

function useLook<T>(path: string, everyMs: number = EVERY_MS): Look<T> {
  const { request } = useSession();
  const { data, dataUpdatedAt, error, refetch } = useQuery({
    queryKey: ['operations', path],
    queryFn: async ({ signal }) => (await request<T>(path, { signal })).body,
    refetchInterval: Number.isFinite(everyMs) ? everyMs : false,
    networkMode: 'always',
    retry: false,
    staleTime: everyMs,
  });
  return {
    answer: data,
    at: dataUpdatedAt,
    error,
    refused: error instanceof Refused ? error : undefined,
    again: () => void refetch(),
  };
}

/** Whether what is shown is now. */
function Freshness({ looks }: { looks: readonly Look<unknown>[] }) {
  const now = useNow();
  const failing = looks.some(({ error, refused }) => error && !refused);
  const oldest = Math.min(...looks.map(({ at }) => at).filter((at) => at > 0));
  if (!Number.isFinite(oldest))
    return <p className="ops-fresh">{failing ? 'The service does not answer.' : 'Looking…'}</p>;
  const seconds = Math.max(0, Math.round((now - oldest) / 1_000));
  return (
    <p className="ops-fresh" data-failing={failing} role={failing ? 'alert' : undefined}>
      {failing
        ? `The service does not answer. This is how it was ${seconds} s ago.`
        : `Refreshes every ${EVERY_MS / 1_000} s`}
    </p>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function readiness({ answer, refused, error }: Look<ReadyAnswer>) {
  const reason = refused?.details.reason;
  if (refused)
    return { value: 'Not ready', mood: 'breach' as const, say: typeof reason === 'string' ? reason : refused.message };
  if (error) return { value: 'No answer', mood: 'breach' as const };
  if (!answer) return { value: '–' };
  const { parked_keys: parked } = answer;
  return parked > 0
    ? { value: 'Ready', mood: 'warning' as const, say: `${parked} set aside: see the read models` }
    : { value: 'Ready', mood: 'healthy' as const, say: 'Log and read models can be reached' };
}

function lagOf(furthest: ProjectionRow | undefined) {
  if (!furthest) return { value: '–' };
  const { name, lag_positions: positions, lag_seconds: seconds } = furthest;
  return positions === 0
    ? { value: 'None', mood: 'healthy' as const, say: 'All read models reflect the log' }
    : { value: String(positions), mood: 'warning' as const, say: `${name}, ${seconds} s` };
}

function raisedOf(answer: AlertsAnswer | undefined) {
  if (!answer) return { value: '–' };
  const { length } = answer.alerts;
  return length === 0
    ? { value: '0', mood: 'healthy' as const, say: 'None raised' }
    : { value: String(length), mood: 'breach' as const, say: 'Raised now' };
}

function Tile({
  title,
  value,
  say,
  mood,
}: {
  title: string;
  value: string;
  say?: string | undefined;
  mood?: 'healthy' | 'warning' | 'breach';
}) {
  return (
    <div className="ops-tile" data-mood={mood}>
      <h2>{title}</h2>
      <p className="ops-value">{value}</p>
      {say && <p className="ops-quiet">{say}</p>}
    </div>
  );
}

function Part<T>({ title, look, children }: { title: string; look: Look<T>; children: (answer: T) => ReactNode }) {
  return (
    <section className="ops-part" aria-label={title}>
      <h2>{title}</h2>
      {look.refused && (
        <p className="ops-trouble" role="alert">
          {look.refused.message}. <span className="ops-code">{look.refused.code}</span>
        </p>
      )}
      {look.answer !== undefined
        ? children(look.answer)
        : !look.error && <div className="ops-loading" role="status" aria-label="Loading" />}
    </section>
  );
}
