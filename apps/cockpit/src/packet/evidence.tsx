import { type ReactNode, useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import type { Entry } from '../outbox/entry.js';
import { ADD, Attached, adding, Count, keyOf, PromptHead } from './attached.js';
import { Reference } from './forms.js';
import { type EvidenceItem, SIGNATURE_KEY } from './packet.js';
import { Button, Card, Sheet, SheetForm, TextLine, Trouble, useTask, type Weight } from './parts.js';
import { noteOf, shotOf } from './photo.js';
import { SignatureRow } from './signature.js';
import type { Job } from './use-job.js';
import { count } from '../ui/words.js';
import { promptOf } from './words.js';

/** Photos and notes that the job asks for, what is attached of them, and anything else that is worth keeping. */
export function Evidence({ job }: { job: Job }) {
  const { expected, packet } = job;
  const prompts = expected.evidence.filter(({ key }) => key !== SIGNATURE_KEY);
  const asked = new Set(expected.evidence.map(({ key }) => key));
  const left = prompts.filter(({ met }) => met === 'no').length;
  const items = packet.evidence_requirements.evidence_items.filter(({ withdrawn }) => !withdrawn);
  const others = items.filter((item) => !asked.has(keyOf(item) ?? '') && item.kind !== 'SIGNATURE');
  const othersWaiting = adding(job).filter(
    ({ body }) => !asked.has(String(body.evidence_key)) && body.kind !== 'SIGNATURE',
  );
  return (
    <Card id="evidence" title="Photos and notes" aside={<Count left={left} of={prompts.length} />}>
      <ul className="pk-prompts">
        {prompts.map(({ key, met }) => (
          <PromptRow key={key} job={job} evidenceKey={key} met={met} />
        ))}
        <SignatureRow job={job} />
        <OtherRow job={job} items={others} waiting={othersWaiting} />
      </ul>
    </Card>
  );
}

function PromptRow({ job, evidenceKey, met }: { job: Job; evidenceKey: string; met: 'yes' | 'waiting' | 'no' }) {
  const prompt = promptOf(evidenceKey);
  const items = job.packet.evidence_requirements.evidence_items.filter(
    (item) => keyOf(item) === evidenceKey && !item.withdrawn,
  );
  const waiting = adding(job).filter(({ body }) => body.evidence_key === evidenceKey);
  const enabled = job.can(ADD)?.enabled === true;
  return (
    <li className="pk-prompt" data-met={met} id={`evidence-${evidenceKey}`}>
      <PromptHead title={prompt.title} hint={prompt.hint} met={met} />
      <Attached job={job} items={items} waiting={waiting} label={prompt.title} />
      {enabled && (
        <div className="pk-row no-print">
          {prompt.kind !== 'note' && (
            <TakePhoto job={job} evidenceKey={evidenceKey} weight={met === 'no' ? 'plain' : 'quiet'}>
              {met === 'no' ? 'Take photo' : 'Another photo'}
            </TakePhoto>
          )}
          {prompt.kind !== 'photo' && (
            <WriteNote
              job={job}
              evidenceKey={evidenceKey}
              title={prompt.title}
              weight={met === 'no' ? 'plain' : 'quiet'}
            >
              {met === 'no' ? 'Write note' : 'Another note'}
            </WriteNote>
          )}
          {prompt.kind === 'photo' && met === 'no' && job.uploads && (
            <TakePhoto job={job} evidenceKey={evidenceKey} weight="plain" from="files">
              Gallery
            </TakePhoto>
          )}
        </div>
      )}
    </li>
  );
}

function OtherRow({ job, items, waiting }: { job: Job; items: readonly EvidenceItem[]; waiting: readonly Entry[] }) {
  const may = job.can(ADD);
  if (!may?.enabled && items.length + waiting.length === 0) return null;
  return (
    <li className={`pk-prompt${items.length + waiting.length === 0 ? ' no-print' : ''}`} data-met="other">
      <div className="pk-prompt-head">
        <div>
          <h3>Anything else</h3>
          <p className="pk-quiet">
            {items.length + waiting.length === 0
              ? 'Photos and notes beyond those asked for'
              : count(items.length + waiting.length, 'item')}
          </p>
        </div>
      </div>
      <Attached job={job} items={items} waiting={waiting} label="Other evidence" />
      {may?.enabled && (
        <div className="pk-row no-print">
          <TakePhoto job={job} evidenceKey={undefined} weight="plain">
            Photo
          </TakePhoto>
          <WriteNote job={job} evidenceKey={undefined} title="Note" weight="plain">
            Note
          </WriteNote>
        </div>
      )}
    </li>
  );
}

/** The camera, or the phone's pictures; where the service keeps no files, a reference to one. */
export function TakePhoto({
  job,
  evidenceKey,
  weight,
  from = 'camera',
  children,
}: {
  job: Job;
  evidenceKey: string | undefined;
  weight: Weight;
  from?: 'camera' | 'files';
  children: ReactNode;
}) {
  const { busy, trouble, run } = useTask();
  const [asking, setAsking] = useState(false);
  const { uploads } = job;
  const body = { kind: 'PHOTO', ...(evidenceKey ? { evidence_key: evidenceKey } : {}) };
  if (!uploads)
    return (
      <>
        <Button weight={weight} icon="image" onPress={() => setAsking(true)}>
          Attach reference
        </Button>
        {asking && (
          <Sheet title="Attach a reference" onClose={() => setAsking(false)}>
            <Reference
              kind="PHOTO"
              evidenceKey={evidenceKey}
              submit={(given) => job.send(ADD, given)}
              onDone={() => setAsking(false)}
            />
          </Sheet>
        )}
      </>
    );
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    void run(async () => {
      const { bytes, upload } = await shotOf(file, uploads);
      await job.send(ADD, body, { bytes, upload });
    });
  };
  return (
    <div className="pk-grow">
      <FileTrigger
        acceptedFileTypes={['image/*']}
        {...(from === 'camera' ? { defaultCamera: 'environment' as const } : {})}
        onSelect={take}
      >
        <Button weight={weight} icon={from === 'camera' ? 'camera' : 'image'} isDisabled={busy}>
          {busy ? 'Saving…' : children}
        </Button>
      </FileTrigger>
      <Trouble text={trouble} />
    </div>
  );
}

export function WriteNote({
  job,
  evidenceKey,
  title,
  weight,
  children,
}: {
  job: Job;
  evidenceKey: string | undefined;
  title: string;
  weight: Weight;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button weight={weight} icon="note" onPress={() => setOpen(true)}>
        {children}
      </Button>
      {open && (
        <Sheet title={title} onClose={() => setOpen(false)}>
          <NoteForm job={job} evidenceKey={evidenceKey} onDone={() => setOpen(false)} />
        </Sheet>
      )}
    </>
  );
}

/** A note is a text of its own in the store, as a photo is a picture. */
function NoteForm({ job, evidenceKey, onDone }: { job: Job; evidenceKey: string | undefined; onDone: () => void }) {
  const [text, setText] = useState('');
  if (!job.uploads)
    return <Reference kind="NOTE" evidenceKey={evidenceKey} submit={(body) => job.send(ADD, body)} onDone={onDone} />;
  return (
    <SheetForm
      label="Save note"
      disabled={text.trim() === ''}
      submit={async () => {
        const { bytes, upload } = await noteOf(text.trim());
        await job.send(ADD, { kind: 'NOTE', ...(evidenceKey ? { evidence_key: evidenceKey } : {}) }, { bytes, upload });
      }}
      onDone={onDone}
    >
      <TextLine label="Note" value={text} onChange={setText} least={1} lines={6} most={10_000} autoFocus />
    </SheetForm>
  );
}
