import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Heading, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { Link } from 'wouter';
import type { Evidence, Me, Site, Ticket, TicketActions, TimelineEvent } from '../api/answers.js';
import { useSession } from '../shell/session.js';
import { PriorityBadge, StateBadge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { dollars } from '../ui/money.js';
import { Failed, Loading } from '../ui/states.js';
import { inWords, shortId } from '../ui/words.js';
import { knownZone, momentIn, windowIn } from '../ui/zone.js';
import { Actions } from './actions.js';
import { EvidenceList } from './evidence.js';
import { Timeline } from './timeline.js';

const FormDialog = lazy(() => import('./form-dialog.js'));

interface PanelProps {
  readonly ticketId: string;
  readonly me: Me;
  readonly techName: (id: string) => string;
  readonly onClose: () => void;
}

/** A form that is open, with the ticket as it was seen then. */
interface Opened {
  readonly formId: string;
  readonly endpoint: string;
  readonly ticket: Ticket;
}

const TIMELINE_PAGE = '100';

/** All of one ticket, beside the queue. */
export function Panel({ ticketId, me, techName, onClose }: PanelProps) {
  const { request } = useSession();
  const read = <T,>(path: string, what: string, enabled = true) => ({
    queryKey: ['ticket', ticketId, what],
    queryFn: async ({ signal }: { signal: AbortSignal }) => (await request<T>(path, { signal })).body,
    enabled,
  });
  const ticket = useQuery(read<Ticket>(`/tickets/${ticketId}`, 'ticket'));
  const actions = useQuery(read<TicketActions>(`/ux/tickets/${ticketId}/actions`, 'actions'));
  const evidence = useQuery(
    read<{ evidence: readonly Evidence[] }>(
      `/tickets/${ticketId}/evidence`,
      'evidence',
      me.tools.includes('closeout.list_evidence'),
    ),
  );
  const timeline = useInfiniteQuery({
    queryKey: ['ticket', ticketId, 'timeline'],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const params = new URLSearchParams({ limit: TIMELINE_PAGE, ...(pageParam ? { cursor: pageParam } : {}) });
      const path = `/tickets/${ticketId}/timeline?${params}`;
      return (await request<{ events: readonly TimelineEvent[]; next_cursor: string | null }>(path, { signal })).body;
    },
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const siteId = ticket.data?.site_id;
  const site = useQuery({
    queryKey: ['directory', 'site', siteId],
    queryFn: async ({ signal }) => (await request<Site>(`/sites/${siteId}`, { signal })).body,
    enabled: siteId !== undefined && me.tools.includes('site.get'),
    staleTime: 60_000,
  });
  const [opened, setOpened] = useState<Opened>();
  // Who may not read the site sees Greenwich's time, which says so itself.
  const zone = site.data ? knownZone(site.data.timezone) : me.tools.includes('site.get') ? undefined : 'UTC';
  const seen = ticket.data;

  return (
    <aside className="panel" aria-label="Ticket">
      <div className="panel-top">
        <span className="code" title={ticketId}>
          {shortId(ticketId)}
        </span>
        {me.tools.includes('tech.job_packet') && (
          <Link href={`/packet/${ticketId}`} className="button button-quiet">
            Open job packet
          </Link>
        )}
        <Button kind="quiet" aria-label="Close panel" onPress={onClose}>
          ✕
        </Button>
      </div>
      {!seen && ticket.error ? (
        <Failed error={ticket.error} retry={() => void ticket.refetch()} />
      ) : !seen || (!zone && !site.error) ? (
        <Loading what="the ticket" />
      ) : (
        <>
          <div className="panel-head">
            <Heading level={2}>{seen.summary}</Heading>
            <p className="panel-badges">
              <StateBadge state={seen.state} /> <PriorityBadge priority={seen.priority} />
              <span className="quiet">{seen.incident_type ? inWords(seen.incident_type) : 'Not triaged'}</span>
            </p>
            <Actions
              actions={actions.data?.actions}
              error={actions.error}
              state={seen.state}
              onOpen={(formId, endpoint) => setOpened({ formId, endpoint, ticket: seen })}
            />
          </div>
          <Tabs className="tabs">
            <TabList className="tab-list" aria-label="About the ticket">
              {['Summary', 'Timeline', 'Evidence', 'Approvals', 'Schedule'].map((name) => (
                <Tab key={name} id={name} className="tab">
                  {name}
                  {name === 'Approvals' && seen.pending_approval && <span className="chip-count">1</span>}
                  {name === 'Evidence' && evidence.data && evidence.data.evidence.length > 0 && (
                    <span className="chip-count">{evidence.data.evidence.length}</span>
                  )}
                </Tab>
              ))}
            </TabList>
            <TabPanel id="Summary" className="tab-panel">
              <Summary ticket={seen} site={site.data} zone={zone ?? 'UTC'} techName={techName} />
            </TabPanel>
            <TabPanel id="Timeline" className="tab-panel">
              <Timeline
                events={timeline.data?.pages.flatMap(({ events }) => events)}
                error={timeline.error}
                zone={zone ?? 'UTC'}
                more={timeline.hasNextPage ? () => void timeline.fetchNextPage() : undefined}
              />
            </TabPanel>
            <TabPanel id="Evidence" className="tab-panel">
              <EvidenceList
                ticketId={ticketId}
                items={evidence.data?.evidence}
                error={evidence.error}
                allowed={me.tools.includes('closeout.list_evidence')}
                zone={zone ?? 'UTC'}
                withdraw={
                  actions.data?.actions.some(({ tool_name, enabled }) => enabled && tool_name === WITHDRAW)
                    ? (id) =>
                        setOpened({
                          formId: WITHDRAW,
                          endpoint: `/tickets/${ticketId}/evidence/${id}/withdraw`,
                          ticket: seen,
                        })
                    : undefined
                }
              />
            </TabPanel>
            <TabPanel id="Approvals" className="tab-panel">
              <Approvals
                ticket={seen}
                zone={zone ?? 'UTC'}
                events={timeline.data?.pages.flatMap(({ events }) => events) ?? []}
              />
            </TabPanel>
            <TabPanel id="Schedule" className="tab-panel">
              <Schedule ticket={seen} zone={zone ?? 'UTC'} techName={techName} />
            </TabPanel>
          </Tabs>
          {opened && (
            <Suspense>
              <FormDialog
                {...opened}
                me={me}
                zone={zone ?? 'UTC'}
                onClose={() => setOpened(undefined)}
                onDone={() => setOpened(undefined)}
              />
            </Suspense>
          )}
        </>
      )}
    </aside>
  );
}

const WITHDRAW = 'closeout.withdraw_evidence';

/** Label and value, in two columns. */
export function Facts({ facts }: { facts: readonly (readonly [string, React.ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
}

interface PartProps {
  readonly ticket: Ticket;
  readonly zone: string;
  readonly techName: (id: string) => string;
}

function Summary({ ticket, site, zone, techName }: PartProps & { site: Site | undefined }) {
  return (
    <>
      {ticket.description && <p className="description">{ticket.description}</p>}
      <Facts
        facts={[
          ['Site', site ? `${site.name}, ${site.address1}, ${site.city}` : shortId(ticket.site_id)],
          ['Technician', ticket.assigned_tech_id && techName(ticket.assigned_tech_id)],
          ['Provider', ticket.assigned_provider_id && shortId(ticket.assigned_provider_id)],
          ['Scheduled', windowIn(zone, ticket.scheduled_start, ticket.scheduled_end)],
          ['Not to exceed', dollars(ticket.nte_cents, ticket.currency)],
          ['Risk flags', ticket.risk_flags.length > 0 ? ticket.risk_flags.join(', ') : 'None'],
          ['Created', momentIn(zone, ticket.created_at)],
          ['Updated', momentIn(zone, ticket.updated_at)],
          ['Version', ticket.version],
          ['Ticket id', <span className="code">{ticket.id}</span>],
        ]}
      />
    </>
  );
}

function Approvals({ ticket, zone, events }: Omit<PartProps, 'techName'> & { events: readonly TimelineEvent[] }) {
  const pending = ticket.pending_approval;
  const decided = events.filter(({ tool_name }) => tool_name === 'approval.decide');
  return (
    <>
      {pending ? (
        <section className="card" aria-label="Pending approval">
          <h3>{inWords(pending.approval_type)}</h3>
          <Facts
            facts={[
              [
                'Amount',
                pending.amount_delta_cents === null ? '–' : `+ ${dollars(pending.amount_delta_cents, ticket.currency)}`,
              ],
              ['Now', dollars(ticket.nte_cents, ticket.currency)],
              ['Reason', pending.reason],
              ['Asked', momentIn(zone, pending.requested_at)],
            ]}
          />
        </section>
      ) : (
        <p className="quiet">No approval is pending.</p>
      )}
      {decided.map(({ id, payload, actor_id, created_at }) => (
        <section key={id} className="card" aria-label="Decision">
          <h3>{inWords(typeof payload.request?.decision === 'string' ? payload.request.decision : 'Decided')}</h3>
          <Facts
            facts={[
              ['By', actor_id],
              ['At', momentIn(zone, created_at)],
              ['Notes', typeof payload.request?.notes === 'string' ? payload.request.notes : '–'],
            ]}
          />
        </section>
      ))}
    </>
  );
}

function Schedule({ ticket, zone, techName }: PartProps) {
  const options = ticket.schedule_options ?? [];
  return (
    <>
      <Facts
        facts={[
          ['Window', windowIn(zone, ticket.scheduled_start, ticket.scheduled_end)],
          ['Technician', ticket.assigned_tech_id && techName(ticket.assigned_tech_id)],
          ['Times of', zone.replaceAll('_', ' ')],
        ]}
      />
      {options.length > 0 && (
        <>
          <h3>Proposed</h3>
          <ol className="slots">
            {options.map(({ start, end }) => (
              <li key={start + end}>{windowIn(zone, start, end)}</li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}
