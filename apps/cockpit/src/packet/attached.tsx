import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Refused } from '../api/call.js';
import type { Entry } from '../outbox/entry.js';
import { useSession } from '../shell/session.js';
import { FORMS } from './forms.js';
import { Icon } from './icons.js';
import type { EvidenceItem } from './packet.js';
import { Button, Sheet } from './parts.js';
import type { Job } from './use-job.js';
import { momentText } from './when.js';
import { inWords } from '../ui/words.js';

/** What is there already, and what waits. */
export function Attached({
  job,
  items,
  waiting,
  label,
}: {
  job: Job;
  items: readonly EvidenceItem[];
  waiting: readonly Entry[];
  label: string;
}) {
  if (items.length + waiting.length === 0) return null;
  return (
    <ul className="pk-thumbs">
      {items.map((item) => (
        <li key={item.id} data-kind={item.kind}>
          <Item job={job} item={item} label={label} />
        </li>
      ))}
      {waiting.map((entry) => (
        <li key={entry.seq}>
          <WaitingItem job={job} entry={entry} label={label} />
        </li>
      ))}
    </ul>
  );
}

interface Content {
  readonly url: string;
  readonly content_type: string;
}

/** Milliseconds; well within the life of a signed address. */
const CONTENT_MS = 120_000;
const AGAIN_MS = 10_000;

/** A signed address to read an item by; none where the object is in no store of the service, or it is away. */
function useContent(job: Job, item: EvidenceItem): Content | undefined {
  const { request } = useSession();
  const { data } = useQuery({
    queryKey: ['content', job.ticketId, item.id],
    queryFn: async () => (await request<Content>(`/tickets/${job.ticketId}/evidence/${item.id}/content`)).body,
    enabled: job.uploads !== null,
    networkMode: 'always',
    staleTime: CONTENT_MS,
    // What is in no store of the service will not be; what could not be asked is asked again.
    refetchInterval: ({ state }) => (state.data ? CONTENT_MS : state.error instanceof Refused ? false : AGAIN_MS),
    retry: false,
  });
  return data;
}

function Item({ job, item, label }: { job: Job; item: EvidenceItem; label: string }) {
  const [open, setOpen] = useState(false);
  const content = useContent(job, item);
  const isNote = content?.content_type.startsWith('text/') === true;
  const at = momentText(item.created_at, job.packet.site_and_access.timezone, Date.now());
  const withdraw = job.can('closeout.withdraw_evidence');
  const withdrawn = job.waiting.some(({ endpoint }) => endpoint.includes(item.id));
  const Form = FORMS['closeout.withdraw_evidence']?.Form;
  return (
    <>
      <Button
        weight="quiet"
        // A note is named by its own words.
        {...(isNote ? {} : { 'aria-label': `${inWords(item.kind)} of ${at}: ${label}` })}
        onPress={() => setOpen(true)}
      >
        {content && isNote ? <NoteText url={content.url} /> : <Picture content={content} kind={item.kind} />}
        {withdrawn && <span className="pk-tag">withdrawal waits</span>}
      </Button>
      {open && (
        <Sheet title={label} onClose={() => setOpen(false)}>
          <p className="pk-quiet">
            {inWords(item.kind)} · {at}
          </p>
          <Full content={content} label={label} uri={item.uri} />
          {withdraw?.enabled && !withdrawn && Form && (
            <details className="pk-more">
              <summary>Withdraw this evidence</summary>
              <Form
                job={job}
                initial={{}}
                submit={(body) =>
                  job.send('closeout.withdraw_evidence', body, {
                    endpoint: withdraw.endpoint.replace('{evidenceId}', item.id),
                  })
                }
                onDone={() => setOpen(false)}
              />
            </details>
          )}
        </Sheet>
      )}
    </>
  );
}

function Picture({ content, kind }: { content: Content | undefined; kind: string }) {
  const [broken, setBroken] = useState(false);
  if (content?.content_type.startsWith('image/') && !broken)
    return <img className="pk-thumb" data-kind={kind} src={content.url} alt="" onError={() => setBroken(true)} />;
  return (
    <span className="pk-thumb">
      <Icon name={kind === 'NOTE' ? 'note' : kind === 'SIGNATURE' ? 'pen' : 'image'} />
    </span>
  );
}

function Full({ content, label, uri }: { content: Content | undefined; label: string; uri: string }) {
  if (content?.content_type.startsWith('image/')) return <img className="pk-full" src={content.url} alt={label} />;
  if (content?.content_type.startsWith('text/')) return <NoteText url={content.url} />;
  return <p className="pk-reference">{uri}</p>;
}

/** Characters shown of a note; the whole of it is in the store. */
const SHOWN = 10_000;

function NoteText({ url }: { url: string }) {
  const { data, isError } = useQuery({
    queryKey: ['note', url],
    queryFn: async () => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`the store answered ${answer.status}`);
      return (await answer.text()).slice(0, SHOWN);
    },
    networkMode: 'always',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return <span className="pk-note pk-block">{isError ? 'The note cannot be read now.' : (data ?? 'Reading…')}</span>;
}

function WaitingItem({ job, entry, label }: { job: Job; entry: Entry; label: string }) {
  const { url, text } = useBytes(job, entry);
  const tag = <figcaption className="pk-tag">{entry.refusal ? 'refused' : 'waiting'}</figcaption>;
  return (
    <figure className="pk-waiting-item" data-refused={entry.refusal !== undefined} data-note={text !== undefined}>
      {text !== undefined ? (
        <p className="pk-note">{text}</p>
      ) : url ? (
        <img className="pk-thumb" src={url} alt={label} />
      ) : (
        <span className="pk-thumb">
          <Icon name="image" />
        </span>
      )}
      {tag}
    </figure>
  );
}

/** What waits, from this device: a picture by its address, a note by its text. */
function useBytes({ outbox }: Job, { seq, upload }: Entry): { readonly url?: string; readonly text?: string } {
  const [shown, setShown] = useState<{ url?: string; text?: string }>({});
  const type = upload?.contentType;
  useEffect(() => {
    let made: string | undefined;
    let gone = false;
    const show = async () => {
      const bytes = type === undefined ? undefined : await outbox.bytes(seq);
      if (!bytes || gone) return;
      if (type === 'text/plain') {
        const text = (await bytes.text()).slice(0, SHOWN);
        if (!gone) setShown({ text });
      } else if (type?.startsWith('image/')) {
        made = URL.createObjectURL(bytes);
        setShown({ url: made });
      }
    };
    // What the device cannot give is shown as a mark; whether it was lost is said when it is sent.
    show().catch(() => {});
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [outbox, seq, type]);
  return shown;
}

export const keyOf = ({ metadata }: EvidenceItem): string | undefined => {
  const key = metadata?.evidence_key;
  return typeof key === 'string' ? key : undefined;
};

/** Entries that attach something. */
export const adding = ({ waiting }: Job): readonly Entry[] => waiting.filter(({ tool }) => tool === ADD);

export const ADD = 'closeout.add_evidence';

export function PromptHead({ title, hint, met }: { title: string; hint: string; met: 'yes' | 'waiting' | 'no' }) {
  return (
    <div className="pk-prompt-head">
      <span className={`pk-mark pk-mark-${met}`}>
        <Icon name={met === 'yes' ? 'check' : met === 'waiting' ? 'clock' : 'plus'} />
      </span>
      <div>
        <h3>{title}</h3>
        <p className="pk-quiet">
          {hint}
          {hint && ' · '}
          {MET[met]}
        </p>
      </div>
    </div>
  );
}

const MET = { yes: 'attached', waiting: 'waiting to be sent', no: 'still needed' } as const;

export function Count({ left, of }: { left: number; of: number }) {
  if (of === 0) return null;
  return left === 0 ? (
    <span className="pk-count pk-good">All there</span>
  ) : (
    <span className="pk-count">{left} left</span>
  );
}
