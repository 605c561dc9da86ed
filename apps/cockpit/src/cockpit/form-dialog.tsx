import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Form as AriaForm } from 'react-aria-components';
import type { Me, Ticket } from '../api/answers.js';
import { Refused } from '../api/call.js';
import { usePolicy } from '../shell/known.js';
import { useSession } from '../shell/session.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Checkbox, Select, TextField } from '../ui/fields.js';
import { Finder } from '../ui/finder.js';
import { Failed, Loading, saidBy, Trouble } from '../ui/states.js';
import { DEFAULT_ZONE } from '../ui/zone.js';
import {
  asked,
  bodyOf,
  changesOf,
  type Field,
  type Form,
  FORMS,
  type Given,
  initialValues,
  type Values,
  wrongFrom,
} from './forms.js';
import { useSites, useTechnicians } from './queue-data.js';

interface FormDialogProps {
  readonly formId: string;
  readonly endpoint: string;
  readonly me: Me;
  /** As it was seen when the form was opened. */
  readonly ticket?: Ticket;
  readonly zone?: string;
  readonly onClose: () => void;
  /** With the id of the ticket that the answer holds. */
  readonly onDone: (ticketId: string | undefined) => void;
}

/** One form of the table, once all that it offers is there. */
export default function FormDialog(props: FormDialogProps) {
  const form = FORMS[props.formId];
  if (!form) throw new Error(`no form ${props.formId}`);
  const needs = (kind: Field['kind']) => form.fields.some((field) => field.kind === kind);
  const policy = usePolicy();
  const technicians = useTechnicians(needs('technician') && props.me.tools.includes('technician.list'));
  const sites = useSites(needs('site') && props.me.tools.includes('site.list'));
  const error = policy.error ?? technicians.error ?? sites.error;
  const loading = !policy.data || technicians.isLoading || sites.isLoading;
  return (
    <Dialog title={form.title} onClose={props.onClose} wide={form.fields.length > 6}>
      {error ? (
        <Failed error={error} />
      ) : loading ? (
        <Loading what="the form" />
      ) : (
        <Filling
          {...props}
          form={form}
          given={{
            ticket: props.ticket,
            policy: policy.data,
            technicians: technicians.data ?? [],
            sites: sites.data ?? [],
            zone: props.zone ?? DEFAULT_ZONE,
          }}
        />
      )}
    </Dialog>
  );
}

function Filling({ form, given, endpoint, ticket, onClose, onDone }: FormDialogProps & { form: Form; given: Given }) {
  const { request } = useSession();
  const queries = useQueryClient();
  // One key a filled-in form: sent twice, it is done once.
  const [once] = useState(() => ({
    key: crypto.randomUUID(),
    fixed: form.fixed?.(given, new Date().toISOString()) ?? {},
  }));
  const [values, setValues] = useState<Values>(() => initialValues(form, given));
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [error, setError] = useState<Error>();
  const [seen, setSeen] = useState(ticket);
  const [newer, setNewer] = useState<Ticket>();
  const [sending, setSending] = useState(false);
  const fields = asked(form, values, given);
  const compared = useMemo(() => form.compare?.(values, given), [form, values, given]);

  async function send() {
    if (sending) return;
    const filled = bodyOf(form, values, given, once.fixed);
    setError(undefined);
    setWrong(filled.wrong ?? {});
    if (!filled.body) return;
    setSending(true);
    try {
      const { body } = await request<{ id?: string; ticket?: { id: string } }>(endpoint, {
        method: 'POST',
        body: filled.body,
        idempotencyKey: once.key,
        ifVersion: seen?.version,
      });
      void queries.invalidateQueries({ queryKey: ['queue'] });
      void queries.invalidateQueries({ queryKey: ['ticket'] });
      onDone(body.ticket?.id ?? body.id);
    } catch (refused) {
      if (!(refused instanceof Error)) throw refused;
      setSending(false);
      setError(refused);
      if (!(refused instanceof Refused)) return;
      if (refused.code === 'INVALID_REQUEST') setWrong(wrongFrom(refused.details, form));
      if (refused.code === 'VERSION_CONFLICT' && ticket)
        setNewer((await request<Ticket>(`/tickets/${ticket.id}`).catch(() => undefined))?.body);
    }
  }

  return (
    <AriaForm
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {form.warning && (
        <p className="note" data-mood={form.danger ? 'breach' : 'warning'}>
          {form.warning}
        </p>
      )}
      {fields.some(({ kind }) => kind === 'time') && (
        <p className="form-zone">Times of {given.zone.replaceAll('_', ' ')}</p>
      )}
      {compared && (
        <table className="compare">
          <thead>
            <tr>
              <th scope="col">
                <span className="only-heard">What</span>
              </th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {compared.map(([label, before, after]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{before}</td>
                <td>{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="form-fields">
        {fields.map((field, index) => (
          <Input
            key={field.name}
            field={field}
            given={given}
            value={values[field.name] ?? ''}
            wrong={wrong[field.name]}
            first={index === 0}
            onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
      </div>
      <div role="alert">
        {error && (
          <div className="note" data-mood="breach">
            <Trouble said={saidBy(error)} />
            {wrong[''] && <p className="trouble">{wrong['']}</p>}
          </div>
        )}
        {newer && seen && newer.version !== seen.version && (
          <div className="note" data-mood="warning">
            <p className="trouble">What changed:</p>
            <ul>
              {changesOf(seen, newer, given.zone).map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
            <Button
              onPress={() => {
                setSeen(newer);
                setNewer(undefined);
                setError(undefined);
              }}
            >
              Keep my input and go on
            </Button>
          </div>
        )}
      </div>
      <div className="form-foot">
        <Button onPress={onClose}>Back</Button>
        <Button kind={form.danger ? 'danger' : 'main'} type="submit" isDisabled={sending || newer !== undefined}>
          {sending ? 'Sending…' : 'Send'}
        </Button>
      </div>
    </AriaForm>
  );
}

interface InputProps {
  readonly field: Field;
  readonly given: Given;
  readonly value: string;
  readonly wrong: string | undefined;
  readonly first: boolean;
  readonly onChange: (value: string) => void;
}

function Input({ field, given, value, wrong, first, onChange }: InputProps) {
  const { label, hint, required, kind } = field;
  const common = { label, hint, required, value, onChange, wrong, autoFocus: first };
  switch (kind) {
    case 'choice':
      return <Select {...common} options={field.choices?.(given) ?? []} />;
    case 'technician': {
      const active = given.technicians.filter((each) => each.active && each.id !== given.ticket?.assigned_tech_id);
      return (
        <Finder {...common} options={active.map(({ id, name, skills }) => ({ id, name, detail: skills.join(', ') }))} />
      );
    }
    case 'site':
      return (
        <Finder
          {...common}
          options={given.sites.map(({ id, name, address1, city }) => ({ id, name, detail: `${address1}, ${city}` }))}
        />
      );
    case 'check':
      return (
        <Checkbox checked={value === 'yes'} onChange={(checked) => onChange(checked ? 'yes' : '')}>
          {label}
        </Checkbox>
      );
    case 'time':
      return <TextField {...common} type="datetime-local" />;
    case 'long':
    case 'lines':
      return <TextField {...common} rows={3} />;
    case 'text':
    case 'money':
    case 'whole':
      return <TextField {...common} />;
  }
}
