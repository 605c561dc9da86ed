import './cockpit.css';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { useLocation, useSearch } from 'wouter';
import type { Me } from '../api/answers.js';
import { Refused } from '../api/call.js';
import { useMe, usePolicy } from '../shell/known.js';
import { useSession } from '../shell/session.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Empty, Failed, Loading, saidBy, Trouble } from '../ui/states.js';
import { inWords, shortId } from '../ui/words.js';
import { shortMomentIn } from '../ui/zone.js';
import { Chips } from './chips.js';
import { type Live, useLive } from './live.js';
import { Panel } from './panel.js';
import { Queue } from './queue.js';
import { useQueue, useTechnicians } from './queue-data.js';
import { isFiltered, matches, searchOf, ticketIdOf, type View, viewOf } from './view.js';

// Nobody fills in a form in the first second.
const FormDialog = lazy(() => import('./form-dialog.js'));

export default function Page() {
  const me = useMe();
  if (me.error) return <Failed error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return <Loading what="your account" />;
  return <Cockpit me={me.data} />;
}

function Cockpit({ me }: { me: Me }) {
  const dispatcher = me.tools.includes('dispatcher.cockpit');
  const [view, show] = useView();
  const policy = usePolicy();
  const live = useLive(view.ticket);
  const technicians = useTechnicians(me.tools.includes('technician.list'));
  const names = useMemo(() => new Map(technicians.data?.map(({ id, name }) => [id, name])), [technicians.data]);
  const techName = useCallback((id: string) => names.get(id) ?? shortId(id), [names]);
  const [creating, setCreating] = useState(false);
  const [helping, setHelping] = useState(false);
  const gridRef = useRef<HTMLDivElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const listed = dispatcher || me.tools.includes('ticket.list');
  const close = useCallback(() => {
    show((before) => ({ ...before, ticket: undefined }));
    gridRef.current?.focus({ preventScroll: true });
  }, [show]);
  const open = useCallback((ticket: string) => show((before) => ({ ...before, ticket })), [show]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role=dialog]');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/') searchRef.current?.focus();
      else if (event.key === '?') setHelping(true);
      else if (event.key === 'Escape') close();
      else if (event.key.startsWith('Arrow') && event.target === document.body) gridRef.current?.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [close]);

  return (
    <main className="cockpit" data-open={view.ticket !== undefined || undefined}>
      <h1 className="only-heard">{dispatcher ? 'Queue' : 'Tickets'}</h1>
      <div className="cockpit-bar">
        <SearchField
          className="search"
          value={view.q}
          onChange={(q) => show((before) => ({ ...before, q }))}
          onSubmit={(q) => {
            const id = ticketIdOf(q);
            if (id) show((before) => ({ ...before, q: '', ticket: id }));
            else gridRef.current?.focus();
          }}
        >
          <Label className="only-heard">Search tickets</Label>
          <Input ref={searchRef} className="input" placeholder="Search, or the id of a ticket" />
        </SearchField>
        <LiveState live={live} />
        <Button kind="quiet" aria-label="Keys" onPress={() => setHelping(true)}>
          <kbd>?</kbd>
        </Button>
        {me.tools.includes('ticket.create') && me.tools.includes('site.list') && (
          <Button kind="main" onPress={() => setCreating(true)}>
            New ticket
          </Button>
        )}
      </div>
      {listed ? (
        <Listed
          {...{ dispatcher, view, show, techName, open, close, gridRef }}
          warningMinutes={policy.data?.sla.warning_minutes ?? 0}
          states={policy.data?.states ?? []}
          priorities={policy.data?.priorities ?? []}
        />
      ) : (
        <Empty title="Your role has no list of tickets">
          <p>Type the id of a ticket into the search field to open it.</p>
        </Empty>
      )}
      {view.ticket && <Panel key={view.ticket} ticketId={view.ticket} me={me} techName={techName} onClose={close} />}
      {creating && (
        <Suspense>
          <FormDialog
            formId="ticket.create"
            endpoint="/tickets"
            me={me}
            onClose={() => setCreating(false)}
            onDone={(id) => {
              setCreating(false);
              if (id) open(id);
            }}
          />
        </Suspense>
      )}
      {helping && <Keys onClose={() => setHelping(false)} />}
    </main>
  );
}

interface ListedProps {
  readonly dispatcher: boolean;
  readonly view: View;
  readonly show: (next: (view: View) => View) => void;
  readonly techName: (id: string) => string;
  readonly open: (ticketId: string) => void;
  readonly close: () => void;
  readonly gridRef: React.RefObject<HTMLDivElement | null>;
  readonly warningMinutes: number;
  readonly states: readonly string[];
  readonly priorities: readonly string[];
}

function Listed({ dispatcher, view, show, techName, open, close, gridRef, ...policy }: ListedProps) {
  const queue = useQueue(dispatcher, view.filters, view.q);
  const { rows, hasNextPage, isFetchingNextPage, fetchNextPage } = queue;
  const found = useMemo(
    () =>
      view.q && dispatcher
        ? rows.filter(({ ticket_id, summary, site, incident_type, assigned_tech, state, priority }) =>
            matches(view.q, [
              ticket_id,
              summary,
              site?.name,
              site?.city,
              incident_type && inWords(incident_type),
              typeof assigned_tech === 'string' ? techName(assigned_tech) : null,
              inWords(state),
              inWords(priority),
            ]),
          )
        : rows,
    [rows, view.q, dispatcher, techName],
  );
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const clear = () => show(({ ticket }) => ({ ...viewOf(''), ticket }));
  return (
    <section className="cockpit-queue" aria-label="Queue">
      <Chips {...{ view, show, counts: queue.counts, dispatcher }} {...policy} />
      {queue.error && rows.length > 0 && <Old error={queue.error} at={queue.dataUpdatedAt} />}
      {found.length > 0 ? (
        <Queue
          rows={found}
          sla={dispatcher}
          warningMinutes={policy.warningMinutes}
          techName={techName}
          selected={view.ticket}
          onSelect={open}
          onEscape={close}
          onEnd={more}
          gridRef={gridRef}
        />
      ) : queue.error ? (
        <Failed error={queue.error} retry={() => void queue.refetch()} />
      ) : queue.isPending ? (
        <Loading what="the queue" />
      ) : (
        <Empty title={isFiltered(view) ? 'No ticket matches' : 'No open tickets'}>
          {isFiltered(view) ? (
            <Button onPress={clear}>Clear filters</Button>
          ) : (
            <p>New tickets appear here as they come in.</p>
          )}
        </Empty>
      )}
      <p className="cockpit-foot" role="status">
        {found.length.toLocaleString('en')} shown{hasNextPage ? ', more below' : ''}
        {isFetchingNextPage ? ' · loading more…' : ''}
      </p>
    </section>
  );
}

/** What is shown could not be read again; `at` is when it was read, in milliseconds since 1970. */
function Old({ error, at }: { error: Error; at: number }) {
  const { signOut } = useSession();
  return (
    <div className="note cockpit-note" data-mood="warning" role="status">
      What you see is of {shortMomentIn(HERE, new Date(at).toISOString())}. <Trouble said={saidBy(error)} />
      {error instanceof Refused && error.status === 401 && <Button onPress={signOut}>Sign in again</Button>}
    </div>
  );
}

/** Times that concern this screen alone are of this device. */
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function LiveState({ live }: { live: Live }) {
  const says = {
    live: 'Live',
    reconnecting: 'Reconnecting…',
    polling: 'Every 5 s',
    stale: live.is === 'stale' ? `Stale since ${shortMomentIn(HERE, live.since)}` : '',
  }[live.is];
  return (
    <span className="live" role="status" data-live={live.is}>
      {says}
    </span>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓', 'Move through the queue'],
  ['Page Up, Page Down', 'Move by a screen'],
  ['Enter', 'Open the ticket'],
  ['Esc', 'Close the ticket, or a dialog'],
  ['/', 'Search'],
  ['?', 'These keys'],
];

function Keys({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div className="form-foot">
        <Button onPress={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}

/** The view is the address: it changes by going there, and back takes it back. */
function useView() {
  const [location, navigate] = useLocation();
  const search = useSearch();
  const view = useMemo(() => viewOf(search), [search]);
  const show = useCallback(
    (next: (view: View) => View) => {
      const before = viewOf(window.location.search);
      const after = next(before);
      const text = searchOf(after);
      // Each letter of a search is no place to come back to.
      navigate(text ? `${location}?${text}` : location, { replace: before.q !== after.q });
    },
    [location, navigate],
  );
  return [view, show] as const;
}
