import { type ReactNode, useState } from 'react';
import type { Entry } from '../outbox/entry.js';
import { SIGNATURE_KEY } from './packet.js';
import { Choice, SheetForm, TextLine } from './parts.js';
import type { Job } from './use-job.js';
import { centsOf, dollars } from '../ui/money.js';

export interface FormProps {
  readonly job: Job;
  /** What was filled in before, where it is done again. */
  readonly initial: Entry['body'];
  readonly submit: (body: Entry['body']) => Promise<void>;
  readonly onDone: () => void;
}

/** The forms of the tools that ask for something, by tool: for doing it, and for changing what was refused. */
export const FORMS: Readonly<
  Record<string, { readonly title: string; readonly Form: (props: FormProps) => ReactNode }>
> = {
  'work.hold': { title: 'Put on hold', Form: Hold },
  'work.resume': { title: 'Resume work', Form: Resume },
  'tech.request_change': { title: 'Request a change', Form: RequestChange },
  'tech.complete': { title: 'Complete the work', Form: Complete },
  'closeout.withdraw_evidence': { title: 'Withdraw this evidence', Form: Withdraw },
};

const LEAST = 10;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const long = (value: string): boolean => value.trim().length >= LEAST;

function Hold({ job, initial, submit, onDone }: FormProps) {
  const [reason, setReason] = useState(text(initial.reason_code));
  const [note, setNote] = useState(text(initial.note));
  return (
    <SheetForm
      label="Put on hold"
      icon="pause"
      disabled={!reason || !long(note)}
      submit={() => submit({ reason_code: reason, note: note.trim() })}
      onDone={onDone}
    >
      <Choice label="Why work stops" value={reason} options={job.choices.hold_reason_codes} onChange={setReason} />
      <TextLine label="What has happened" value={note} onChange={setNote} least={LEAST} lines={3} />
    </SheetForm>
  );
}

function Resume({ initial, submit, onDone }: FormProps) {
  const [how, setHow] = useState(initial.return_visit === true ? 'ANOTHER_VISIT' : 'NOW');
  const [note, setNote] = useState(text(initial.note));
  const body = { ...(how === 'NOW' ? {} : { return_visit: true }), ...(note.trim() ? { note: note.trim() } : {}) };
  return (
    <SheetForm label="Resume" disabled={false} submit={() => submit(body)} onDone={onDone}>
      <Choice label="When work goes on" value={how} options={['NOW', 'ANOTHER_VISIT']} onChange={setHow} />
      <TextLine label="Note" value={note} onChange={setNote} lines={2} />
    </SheetForm>
  );
}

function RequestChange({ job, initial, submit, onDone }: FormProps) {
  const before = typeof initial.amount_delta_cents === 'number' ? (initial.amount_delta_cents / 100).toFixed(2) : '';
  const [type, setType] = useState(text(initial.approval_type) || (job.choices.approval_types[0] ?? ''));
  const [amount, setAmount] = useState(before);
  const [reason, setReason] = useState(text(initial.reason));
  const cents = amount.trim() === '' ? undefined : centsOf(amount);
  const bad = amount.trim() !== '' && cents === undefined;
  const limit = job.packet.work_scope.nte_cents;
  const hint = bad
    ? 'This is not an amount.'
    : `The limit is ${dollars(limit)} now${cents ? `, and would be ${dollars(limit + cents)}` : ''}.`;
  return (
    <SheetForm
      label="Ask for approval"
      icon="up"
      disabled={!type || reason.trim() === '' || bad}
      submit={() =>
        submit({
          approval_type: type,
          reason: reason.trim(),
          ...(cents === undefined ? {} : { amount_delta_cents: cents }),
        })
      }
      onDone={onDone}
    >
      <p className="pk-say">Work waits until it is decided. Do not begin the extra work before.</p>
      <Choice label="What changes" value={type} options={job.choices.approval_types} onChange={setType} />
      <TextLine
        label="By how much more, in dollars"
        value={amount}
        onChange={setAmount}
        inputMode="decimal"
        hint={hint}
      />
      <TextLine label="Why" value={reason} onChange={setReason} least={1} lines={3} />
    </SheetForm>
  );
}

function Complete({ job, initial, submit, onDone }: FormProps) {
  const [notes, setNotes] = useState(text(initial.completion_notes));
  const [minutes, setMinutes] = useState(
    typeof initial.labor_minutes === 'number' ? String(initial.labor_minutes) : '',
  );
  const { expected } = job;
  const spent = /^\d{1,5}$/.test(minutes.trim()) ? Number(minutes.trim()) : undefined;
  const body = {
    checklist_status: Object.fromEntries(expected.checklist.map(({ key, met }) => [key, met !== 'no'])),
    ...(expected.noSignatureReason === null ? {} : { no_signature_reason: expected.noSignatureReason }),
    timestamp: typeof initial.timestamp === 'string' ? initial.timestamp : new Date().toISOString(),
    ...(notes.trim() ? { completion_notes: notes.trim() } : {}),
    ...(spent === undefined ? {} : { labor_minutes: spent }),
  };
  return (
    <SheetForm
      label="Complete work"
      icon="check"
      disabled={minutes.trim() !== '' && spent === undefined}
      submit={() => submit(body)}
      onDone={onDone}
    >
      <p className="pk-say">Everything that the job asks for is there. After this it goes to verification.</p>
      <TextLine label="Notes" value={notes} onChange={setNotes} lines={3} most={10_000} />
      <TextLine label="Minutes of work" value={minutes} onChange={setMinutes} inputMode="decimal" most={5} />
    </SheetForm>
  );
}

function Withdraw({ initial, submit, onDone }: FormProps) {
  const [reason, setReason] = useState(text(initial.reason));
  return (
    <SheetForm
      label="Withdraw"
      weight="danger"
      disabled={!long(reason)}
      submit={() => submit({ reason: reason.trim() })}
      onDone={onDone}
    >
      <p className="pk-say">It stays on record, and no longer counts for the job.</p>
      <TextLine label="Why" value={reason} onChange={setReason} least={LEAST} lines={2} />
    </SheetForm>
  );
}

/** Where there is no signature: why, as the closeout takes it. */
export function NoSignature({ initial, submit, onDone }: Omit<FormProps, 'job'>) {
  const [reason, setReason] = useState(text(initial.no_signature_reason));
  return (
    <SheetForm
      label="Save reason"
      disabled={!long(reason)}
      submit={() => submit({ items: {}, no_signature_reason: reason.trim() })}
      onDone={onDone}
    >
      <TextLine label="Why nobody signs" value={reason} onChange={setReason} least={LEAST} lines={3} />
    </SheetForm>
  );
}

/** Where the service keeps no files: the address of an object in a store elsewhere. */
export function Reference({
  kind,
  evidenceKey,
  submit,
  onDone,
}: { kind: string; evidenceKey: string | undefined } & Pick<FormProps, 'submit' | 'onDone'>) {
  const [uri, setUri] = useState('');
  return (
    <SheetForm
      label="Attach"
      disabled={!/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(uri.trim())}
      submit={() => submit({ kind, uri: uri.trim(), ...(evidenceKey ? { evidence_key: evidenceKey } : {}) })}
      onDone={onDone}
    >
      <p className="pk-say">This service keeps no files. Upload it to your store, and give its reference here.</p>
      <TextLine
        label="Reference"
        value={uri}
        onChange={setUri}
        least={1}
        inputMode="url"
        hint="Such as s3://bucket/file"
      />
    </SheetForm>
  );
}

export const isSignature = (key: string): boolean => key === SIGNATURE_KEY;
