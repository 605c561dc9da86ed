import './packet.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { device } from '../outbox/browser.js';
import { keepPages } from '../outbox/keep-pages.js';
import { OutboxNotice } from '../outbox/notice.js';
import { OutboxProvider, useActorKey, useOutbox, useStanding } from '../outbox/use-outbox.js';
import { useSession } from '../shell/session.js';
import { Frame, useOffline } from './frame.js';
import { Icon } from './icons.js';
import { ticketIdIn } from './links.js';
import { type PacketAnswer, packetPath } from './packet.js';
import { SheetForm, TextLine } from './parts.js';
import { agoText, windowText } from './when.js';
import { count, inWords } from '../ui/words.js';

keepPages();

/** The jobs that were opened on this device, and a way to the next one. */
export default function Page() {
  return (
    <OutboxProvider>
      <ListPage />
    </OutboxProvider>
  );
}

function ListPage() {
  const actor = useActorKey() ?? '';
  const outbox = useOutbox();
  const standing = useStanding();
  const { signOut } = useSession();
  const away = useOffline() || standing.link === 'away';
  const { data: kept, isError } = useQuery({
    queryKey: ['device', actor, 'jobs'],
    queryFn: async () => (await device.all(actor)).filter(({ path }) => path.startsWith(packetPath(''))),
    networkMode: 'always',
    gcTime: 0,
    staleTime: 0,
  });
  const jobs = (kept ?? []).map(({ answer, at }) => ({ packet: (answer as PacketAnswer).packet, at }));
  const opened = new Set(jobs.map(({ packet }) => packet.header.ticket_id));
  return (
    <Frame title="My jobs" away={away}>
      <h1>My jobs</h1>
      {outbox && (
        <OutboxNotice
          standing={standing}
          outbox={outbox}
          entries={standing.entries.filter(({ ticketId, refusal }) => !refusal || !opened.has(ticketId))}
          elsewhere={0}
          away={away}
          onSignIn={signOut}
          edit={() => null}
        />
      )}
      {isError && (
        <p role="alert">This browser does not let the page keep anything, so it lists no jobs and works online only.</p>
      )}
      <ul className="pk-jobs">
        {jobs.map(({ packet, at }) => {
          const { header, site_and_access: site } = packet;
          const waiting = standing.entries.filter(({ ticketId }) => ticketId === header.ticket_id);
          const refused = waiting.filter(({ refusal }) => refusal).length;
          return (
            <li key={header.ticket_id}>
              <Link href={`/packet/${header.ticket_id}`} className="pk-job" data-priority={header.priority}>
                <span className="pk-badges">
                  <span className="pk-badge" data-priority={header.priority}>
                    {inWords(header.priority)}
                  </span>
                  <span className="pk-badge pk-badge-state">{inWords(header.current_state)}</span>
                </span>
                <strong>{packet.work_scope.summary}</strong>
                <span>{[site.site_name, site.address.city].filter(Boolean).join(', ')}</span>
                <span className="pk-quiet">
                  {windowText(header.scheduled_window, site.timezone, Date.now()) ?? 'No window agreed'} · seen{' '}
                  {agoText(at, Date.now())}
                </span>
                {refused > 0 ? (
                  <span className="pk-bad">
                    <Icon name="alert" /> A step was refused: open it to decide
                  </span>
                ) : (
                  waiting.length > 0 && (
                    <span className="pk-quiet">
                      <Icon name="clock" /> {count(waiting.length, 'step')} to be sent
                    </span>
                  )
                )}
              </Link>
            </li>
          );
        })}
      </ul>
      {kept && jobs.length === 0 && (
        <div className="pk-empty">
          <p>
            <strong>No job was opened on this device yet.</strong>
          </p>
          <p className="pk-quiet">Open the link that the dispatcher sent you, or enter the number of the job.</p>
        </div>
      )}
      <OpenJob />
    </Frame>
  );
}

function OpenJob() {
  const [text, setText] = useState('');
  const [, go] = useLocation();
  const id = ticketIdIn(text);
  return (
    <section className="pk-card" aria-labelledby="open-title">
      <h2 id="open-title">Open a job</h2>
      <SheetForm
        label="Open"
        disabled={!id}
        submit={async () => {
          if (id) go(`/packet/${id}`);
        }}
        onDone={() => {}}
      >
        <TextLine
          label="Number or link of the job"
          value={text}
          onChange={setText}
          least={1}
          hint={text && !id ? 'There is no job number in this.' : 'A link from the phone’s camera opens by itself.'}
        />
      </SheetForm>
    </section>
  );
}
