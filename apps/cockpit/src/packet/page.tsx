import './packet.css';
import './print.css';
import { useState } from 'react';
import { Link } from 'wouter';
import { keepPages } from '../outbox/keep-pages.js';
import type { Entry } from '../outbox/entry.js';
import { OutboxNotice } from '../outbox/notice.js';
import { OutboxProvider, useStanding } from '../outbox/use-outbox.js';
import { useSession } from '../shell/session.js';
import { NextBar, Others, ToolSheet } from './actions.js';
import { Checklist, Closeout } from './closeout.js';
import { Evidence } from './evidence.js';
import type { Missing } from './expected.js';
import { FORMS } from './forms.js';
import { Frame, useOffline } from './frame.js';
import type { Kept } from './kept.js';
import { ticketIdIn } from './links.js';
import { Button, Sheet } from './parts.js';
import { saidBy, sentenceOf } from './sentences.js';
import { type Job, useJob } from './use-job.js';
import { Head, History, Scope, Site } from './visit.js';
import { agoText } from './when.js';

keepPages();

/** A technician's packet: one job, on a phone, with or without a connection. */
export default function Page({ ticketId }: { ticketId: string }) {
  return (
    <OutboxProvider>
      <PacketPage ticketId={ticketIdIn(ticketId) ?? ticketId} />
    </OutboxProvider>
  );
}

function PacketPage({ ticketId }: { ticketId: string }) {
  const { job, kept } = useJob(ticketId);
  const offline = useOffline();
  const standing = useStanding();
  const { signOut } = useSession();
  const [tool, setTool] = useState<string>();
  const away = offline || kept.away || standing.link === 'away';

  return (
    <Frame title={`Job ${ticketId.slice(0, 8)}`} back="/packets" away={away}>
      {job ? (
        <>
          <OutboxNotice
            standing={standing}
            outbox={job.outbox}
            entries={job.waiting}
            elsewhere={standing.entries.length - job.waiting.length}
            away={away}
            onSignIn={signOut}
            edit={(entry) => <Edit job={job} entry={entry} />}
          />
          <Stale kept={kept} away={away} />
          <Head job={job} />
          <Site packet={job.packet} />
          <Scope packet={job.packet} />
          <Evidence job={job} />
          <Checklist job={job} />
          <Closeout job={job} onSupply={show} />
          <Others job={job} onTool={setTool} />
          <History packet={job.packet} />
          <NextBar job={job} onTool={setTool} onSupply={show} />
          {tool && <ToolSheet job={job} tool={tool} onClose={() => setTool(undefined)} />}
        </>
      ) : (
        <NoPacket kept={kept} onSignIn={signOut} />
      )}
    </Frame>
  );
}

/** Brings what is missing into view, and the reader of the screen to it. */
function show({ what, key }: Missing): void {
  const id =
    what === 'evidence' || what === 'signature' ? `evidence-${key}` : what === 'checklist' ? 'checklist' : 'closeout';
  const place = document.getElementById(id);
  place?.scrollIntoView({ block: 'center' });
  const target = place?.querySelector<HTMLElement>('button:not([disabled]), input:not([disabled])') ?? place;
  target?.focus({ preventScroll: true });
}

function Stale({ kept, away }: { kept: Kept<unknown>; away: boolean }) {
  if (kept.refused)
    return (
      <p className="pk-notice pk-notice-bad" role="alert">
        {sentenceOf(saidBy(kept.refused))} This is how the job was {kept.at ? agoText(kept.at, Date.now()) : 'before'}.
        ({kept.refused.code})
      </p>
    );
  if (!away || !kept.at) return null;
  return <p className="pk-quiet">As the service had it {agoText(kept.at, Date.now())}.</p>;
}

function NoPacket({ kept, onSignIn }: { kept: Kept<unknown>; onSignIn: () => void }) {
  if (kept.refused)
    return (
      <div className="pk-empty" role="alert">
        <h1>This job cannot be shown</h1>
        <p>{kept.refused.status === 401 ? 'Your sign-in has expired.' : sentenceOf(saidBy(kept.refused))}</p>
        <p className="pk-quiet">{kept.refused.code}</p>
        {kept.refused.status === 401 ? (
          <Button weight="main" onPress={onSignIn}>
            Sign in again
          </Button>
        ) : (
          <Link className="pk-button pk-button-plain" href="/packets">
            Back to my jobs
          </Link>
        )}
      </div>
    );
  if (kept.loading || !kept.away)
    return (
      <div className="pk-loading" role="status" aria-label="Loading the job">
        <span />
        <span />
        <span />
      </div>
    );
  return (
    <div className="pk-empty" role="alert">
      <h1>No connection</h1>
      <p>This job has not been opened on this device before, so nothing of it is kept here.</p>
      <Button weight="main" onPress={kept.again}>
        Try again
      </Button>
    </div>
  );
}

/** The form of a refused step, with what was filled in. */
function Edit({ job, entry }: { job: Job; entry: Entry }) {
  const [open, setOpen] = useState(false);
  const form = FORMS[entry.tool];
  if (!form) return null;
  const { title, Form } = form;
  return (
    <>
      <Button weight="plain" onPress={() => setOpen(true)}>
        Change it
      </Button>
      {open && (
        <Sheet title={title} onClose={() => setOpen(false)}>
          <Form
            job={job}
            initial={entry.body}
            submit={(body) => job.outbox.edit(entry.seq, body)}
            onDone={() => setOpen(false)}
          />
        </Sheet>
      )}
    </>
  );
}
