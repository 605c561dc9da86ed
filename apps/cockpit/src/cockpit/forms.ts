import type { PagePolicy, Site, Technician, Ticket } from '../api/answers.js';
import { centsOf, typedCents } from '../ui/money.js';
import type { Option } from '../ui/fields.js';
import { inWords, shortId } from '../ui/words.js';
import { instantOf, localOf, windowIn } from '../ui/zone.js';

/** What a form may know beside what is typed. */
export interface Given {
  /** Undefined for a new ticket. */
  readonly ticket: Ticket | undefined;
  readonly policy: PagePolicy;
  readonly technicians: readonly Technician[];
  readonly sites: readonly Site[];
  /** Of the site: times are shown and taken by its clock. */
  readonly zone: string;
}

/** What the fields hold: text always, as a field has it. */
export type Values = Readonly<Record<string, string>>;

type Kind = 'text' | 'long' | 'choice' | 'technician' | 'site' | 'time' | 'money' | 'whole' | 'lines' | 'check';

export interface Field {
  /** Where it goes in the body: `options.0.start` is a member of the first item of a list. */
  readonly name: string;
  readonly label: string;
  readonly kind: Kind;
  readonly required?: boolean;
  /** Least number of characters. */
  readonly least?: number;
  readonly hint?: string;
  readonly choices?: (given: Given) => readonly Option[];
  readonly initial?: (given: Given) => string;
  /** The field is asked for, and sent, only then. */
  readonly when?: (values: Values, given: Given) => boolean;
}

export interface Form {
  readonly title: string;
  readonly tool: string;
  readonly fields: readonly Field[];
  /** What must be known before it is sent. */
  readonly warning?: string;
  readonly danger?: boolean;
  /** What the body holds beside the fields; made once, when the form is opened. */
  readonly fixed?: (given: Given, now: string) => Readonly<Record<string, unknown>>;
  /** Before and after, side by side. */
  readonly compare?: (
    values: Values,
    given: Given,
  ) => readonly (readonly [label: string, before: string, after: string])[];
}

const worded = (constants: readonly string[] = []): Option[] => constants.map((id) => ({ id, name: inWords(id) }));
const choices = (name: string) => (given: Given) => worded(given.policy.choices[name]);
const text = (name: string, label: string, more: Partial<Field> = {}): Field => ({
  name,
  label,
  kind: 'text',
  ...more,
});
const long = (name: string, label: string, more: Partial<Field> = {}): Field => ({
  name,
  label,
  kind: 'long',
  ...more,
});

/** A reason that stands in the log for good. */
const reason = (name = 'reason', label = 'Reason'): Field =>
  long(name, label, { required: true, least: 10, hint: 'At least 10 characters. It is kept in the timeline.' });

const slot = (n: number): Field[] => [
  { name: `options.${n}.start`, label: `Option ${n + 1} from`, kind: 'time', required: n === 0 },
  { name: `options.${n}.end`, label: `Option ${n + 1} until`, kind: 'time', required: n === 0 },
];

const line = (n: number): Field[] => [
  text(`line_items.${n}.description`, `Line ${n + 1} description`),
  { name: `line_items.${n}.quantity`, label: `Line ${n + 1} quantity`, kind: 'whole' },
  { name: `line_items.${n}.unit_cents`, label: `Line ${n + 1} unit price`, kind: 'money', hint: 'Dollars' },
];

const technician: Field = { name: 'tech_id', label: 'Technician', kind: 'technician', required: true };
const techName = (given: Given, id: string | null | undefined) =>
  id ? (given.technicians.find((each) => each.id === id)?.name ?? shortId(id)) : 'None';

const windowFields: readonly Field[] = [
  {
    name: 'start',
    label: 'From',
    kind: 'time',
    required: true,
    initial: ({ ticket, zone }) => (ticket?.scheduled_start ? localOf(zone, ticket.scheduled_start) : ''),
  },
  {
    name: 'end',
    label: 'Until',
    kind: 'time',
    required: true,
    initial: ({ ticket, zone }) => (ticket?.scheduled_end ? localOf(zone, ticket.scheduled_end) : ''),
  },
];

/** Every form of the desk, by its id: the tool's name, but where one tool is asked for in two ways. */
export const FORMS: Readonly<Record<string, Form>> = {
  'ticket.create': {
    title: 'New ticket',
    tool: 'ticket.create',
    fields: [
      { name: 'site_id', label: 'Site', kind: 'site', required: true },
      text('summary', 'Summary', { required: true }),
      long('description', 'Description'),
      { name: 'nte_cents', label: 'Not to exceed', kind: 'money', hint: 'Dollars' },
    ],
  },
  'ticket.request_info': {
    title: 'Request info',
    tool: 'ticket.request_info',
    fields: [
      { name: 'missing_fields', label: 'What is missing', kind: 'lines', required: true, hint: 'One a line' },
      long('message', 'Message'),
    ],
  },
  'ticket.triage': {
    title: 'Triage',
    tool: 'ticket.triage',
    fields: [
      {
        name: 'priority',
        label: 'Priority',
        kind: 'choice',
        required: true,
        choices: ({ policy }) => worded(policy.priorities),
        initial: ({ ticket }) => ticket?.priority ?? '',
      },
      {
        name: 'incident_type',
        label: 'Incident type',
        kind: 'choice',
        required: true,
        choices: ({ policy }) => worded(policy.templates.map(({ incident_type }) => incident_type)),
        initial: ({ ticket }) => ticket?.incident_type ?? '',
      },
      {
        name: 'workflow_outcome',
        label: 'Next',
        kind: 'choice',
        required: true,
        choices: ({ policy }) => worded(policy.tools.find(({ tool_name }) => tool_name === 'ticket.triage')?.to_states),
        initial: () => 'READY_TO_SCHEDULE',
      },
      {
        name: 'nte_cents',
        label: 'Not to exceed',
        kind: 'money',
        hint: 'Dollars',
        initial: ({ ticket }) => (ticket && ticket.nte_cents > 0 ? typedCents(ticket.nte_cents) : ''),
      },
      long('approval_reason', 'Reason for approval', {
        when: ({ workflow_outcome }) => workflow_outcome === 'APPROVAL_REQUIRED',
      }),
      {
        name: 'approval_amount_delta_cents',
        label: 'Additional amount',
        kind: 'money',
        hint: 'Dollars',
        when: ({ workflow_outcome }) => workflow_outcome === 'APPROVAL_REQUIRED',
      },
      { name: 'risk_flags', label: 'Risk flags', kind: 'lines', hint: 'One a line' },
      long('notes', 'Notes'),
    ],
  },
  'schedule.propose': {
    title: 'Propose times',
    tool: 'schedule.propose',
    fields: [...slot(0), ...slot(1), ...slot(2)],
  },
  'schedule.confirm': { title: 'Confirm schedule', tool: 'schedule.confirm', fields: windowFields },
  'schedule.reschedule': {
    title: 'Reschedule',
    tool: 'schedule.reschedule',
    warning: 'The time and the assignment are cleared; the ticket goes back to “Ready to schedule”.',
    fields: [
      {
        name: 'requested_by',
        label: 'Requested by',
        kind: 'choice',
        required: true,
        choices: () => worded(['customer', 'provider']),
      },
      reason(),
    ],
  },
  'assignment.dispatch': {
    title: 'Dispatch',
    tool: 'assignment.dispatch',
    fields: [technician, text('provider_id', 'Provider id'), long('notes', 'Notes')],
  },
  emergency_bypass: {
    title: 'Emergency bypass',
    tool: 'assignment.dispatch',
    danger: true,
    warning:
      'This sends a technician without a confirmed schedule. It is audited: your name, the time and the reason are kept for good.',
    fixed: () => ({ dispatch_mode: 'EMERGENCY_BYPASS' }),
    fields: [
      technician,
      reason(),
      text('manager_confirmation.manager_id', 'Manager who confirmed', {
        required: true,
        when: (_, { policy }) => policy.emergency_bypass.manager_confirmation_required,
      }),
      text('provider_id', 'Provider id'),
    ],
  },
  'assignment.reassign': {
    title: 'Reassign',
    tool: 'assignment.reassign',
    fields: [
      {
        name: 'override_type',
        label: 'Change of',
        kind: 'choice',
        required: true,
        choices: choices('override_types'),
        initial: ({ policy }) => policy.choices.override_types?.[0] ?? '',
      },
      { ...technician, when: ({ override_type }) => override_type === 'reassign_tech' },
      text('provider_id', 'Provider id', {
        required: true,
        when: ({ override_type }) => override_type === 'reassign_provider',
      }),
      {
        name: 'reason_code',
        label: 'Reason code',
        kind: 'choice',
        required: true,
        choices: choices('reassign_reason_codes'),
      },
      reason('note', 'Note'),
    ],
    compare: (values, given) =>
      values.override_type === 'reassign_provider'
        ? [['Provider', given.ticket?.assigned_provider_id ?? 'None', values.provider_id || '…']]
        : [
            [
              'Technician',
              techName(given, given.ticket?.assigned_tech_id),
              values.tech_id ? techName(given, values.tech_id) : '…',
            ],
          ],
  },
  'work.hold': {
    title: 'Hold',
    tool: 'work.hold',
    fields: [
      {
        name: 'reason_code',
        label: 'Reason code',
        kind: 'choice',
        required: true,
        choices: choices('hold_reason_codes'),
      },
      reason('note', 'Note'),
    ],
  },
  'work.resume': {
    title: 'Resume',
    tool: 'work.resume',
    fields: [
      { name: 'return_visit', label: 'Another visit is needed: schedule again', kind: 'check' },
      long('note', 'Note'),
    ],
  },
  'approval.decide': {
    title: 'Decide approval',
    tool: 'approval.decide',
    fixed: ({ ticket }) => ({ approval_id: ticket?.pending_approval?.id ?? '' }),
    fields: [
      { name: 'decision', label: 'Decision', kind: 'choice', required: true, choices: choices('approval_decisions') },
      long('notes', 'Notes'),
    ],
  },
  'qa.verify': {
    title: 'Verify',
    tool: 'qa.verify',
    fixed: (_, now) => ({ timestamp: now }),
    fields: [
      { name: 'result', label: 'Result', kind: 'choice', required: true, choices: () => worded(['PASS', 'FAIL']) },
      long('notes', 'Notes', { required: true, when: ({ result }) => result === 'FAIL' }),
      long('notes', 'Notes', { when: ({ result }) => result !== 'FAIL' }),
      {
        name: 'return_to_work',
        label: 'Return to work',
        kind: 'check',
        when: ({ result }) => result === 'FAIL',
      },
    ],
  },
  'billing.generate_invoice': {
    title: 'Generate invoice',
    tool: 'billing.generate_invoice',
    fields: [...line(0), ...line(1), text('external_ref', 'External reference')],
  },
  'ticket.close': { title: 'Close ticket', tool: 'ticket.close', fields: [long('reason', 'Reason')] },
  'ticket.cancel': {
    title: 'Cancel ticket',
    tool: 'ticket.cancel',
    danger: true,
    warning: 'A cancelled ticket cannot be taken up again.',
    fields: [reason()],
  },
  'closeout.add_evidence': {
    title: 'Add evidence',
    tool: 'closeout.add_evidence',
    fields: [
      {
        name: 'kind',
        label: 'Kind',
        kind: 'choice',
        required: true,
        choices: () => worded(['PHOTO', 'NOTE', 'DOCUMENT', 'SIGNATURE']),
      },
      text('uri', 'Reference', { required: true, hint: 'Where the object lies, such as s3://bucket/key' }),
      text('evidence_key', 'Evidence key'),
      text('checksum', 'Checksum', { hint: 'sha256:…' }),
    ],
  },
  'closeout.withdraw_evidence': {
    title: 'Withdraw evidence',
    tool: 'closeout.withdraw_evidence',
    danger: true,
    fields: [reason()],
  },
};

/** The form of a tool on a ticket; undefined for what is done on the job packet. */
export const formOf = (tool: string, state: string): string | undefined =>
  tool === 'assignment.dispatch' && state === 'TRIAGED' ? 'emergency_bypass' : tool in FORMS ? tool : undefined;

/** The fields that are asked for with these values. */
export const asked = (form: Form, values: Values, given: Given): readonly Field[] =>
  form.fields.filter(({ when }) => !when || when(values, given));

export const initialValues = (form: Form, given: Given): Values =>
  Object.fromEntries(form.fields.map(({ name, initial }) => [name, initial?.(given) ?? '']));

export type Filled =
  | { readonly body: Readonly<Record<string, unknown>>; readonly wrong?: never }
  /** What is wrong, by the field's name. */
  | { readonly wrong: Readonly<Record<string, string>>; readonly body?: never };

/** The command's body from what was typed, or what is wrong with that. What the service alone can tell, it tells. */
export function bodyOf(form: Form, values: Values, given: Given, fixed: Readonly<Record<string, unknown>>): Filled {
  const wrong: Record<string, string> = {};
  const body: Record<string, unknown> = { ...fixed };
  for (const field of asked(form, values, given)) {
    const typed = (values[field.name] ?? '').trim();
    if (typed === '') {
      if (field.required) wrong[field.name] = `${field.label} is needed.`;
      continue;
    }
    if (field.least && typed.length < field.least) {
      wrong[field.name] = `At least ${field.least} characters.`;
      continue;
    }
    const value = VALUES[field.kind](typed, given);
    if (value === undefined) wrong[field.name] = WRONG[field.kind] ?? 'This cannot be taken.';
    else put(body, field.name.split('.'), value);
  }
  Object.assign(wrong, endsBefore(values, form, given));
  if (form.tool === 'ticket.create') {
    const site = given.sites.find(({ id }) => id === body.site_id);
    if (site) body.account_id = site.account_id;
  }
  return Object.keys(wrong).length > 0 ? { wrong } : { body };
}

const VALUES: Readonly<Record<Kind, (typed: string, given: Given) => unknown>> = {
  text: (typed) => typed,
  long: (typed) => typed,
  choice: (typed) => typed,
  technician: (typed) => typed,
  site: (typed) => typed,
  time: (typed, { zone }) => instantOf(zone, typed),
  money: (typed) => centsOf(typed),
  whole: (typed) => (/^\d{1,9}$/.test(typed) ? Number(typed) : undefined),
  lines: (typed) =>
    typed
      .split('\n')
      .map((each) => each.trim())
      .filter(Boolean),
  check: (typed) => (typed === 'yes' ? true : undefined),
};

const WRONG: Partial<Record<Kind, string>> = {
  time: 'This is no time.',
  money: 'An amount in dollars, such as 250 or 250.50.',
  whole: 'A whole number.',
};

function endsBefore(values: Values, form: Form, { zone }: Given): Record<string, string> {
  const wrong: Record<string, string> = {};
  for (const { name } of form.fields.filter(({ kind, name }) => kind === 'time' && name.endsWith('end'))) {
    const [start, end] = [values[name.replace(/end$/, 'start')], values[name]];
    const [from, until] = [start && instantOf(zone, start), end && instantOf(zone, end)];
    if (from && until && until <= from) wrong[name] = 'The end must be after the start.';
    else if (from && !until) wrong[name] = 'The end is needed too.';
    else if (until && !from) wrong[name.replace(/end$/, 'start')] = 'The start is needed too.';
  }
  return wrong;
}

function put(into: Record<string, unknown>, [head, next, ...rest]: string[], value: unknown): void {
  if (head === undefined) return;
  if (next === undefined) {
    into[head] = value;
    return;
  }
  const list = /^\d+$/.test(next);
  const inner = (into[head] ??= list ? [] : {});
  if (!list) return put(inner as Record<string, unknown>, [next, ...rest], value);
  const items = inner as Record<string, unknown>[];
  put((items[Number(next)] ??= {}), rest, value);
}

/** The service's words beside the inputs they are about; what is about none of them comes back under ''. */
export function wrongFrom(details: Readonly<Record<string, unknown>>, form: Form): Record<string, string> {
  const wrong: Record<string, string> = {};
  const fields = Array.isArray(details.fields) ? (details.fields as { field?: unknown; message?: unknown }[]) : [];
  for (const { field, message } of fields) {
    const name = String(field).replaceAll(/\[(\d+)\]/g, '.$1');
    const own = form.fields.find((each) => each.name === name || each.name.startsWith(`${name}.`));
    wrong[own?.name ?? ''] = String(message);
  }
  return wrong;
}

/** What is different between two versions of a ticket, in words. */
export function changesOf(before: Ticket, now: Ticket, zone: string): readonly string[] {
  const said = (label: string, a: string | null, b: string | null) =>
    a === b ? [] : [`${label}: ${a ?? 'none'} → ${b ?? 'none'}`];
  const changes = [
    ...said('State', inWords(before.state), inWords(now.state)),
    ...said('Priority', inWords(before.priority), inWords(now.priority)),
    ...said(
      'Technician',
      before.assigned_tech_id && shortId(before.assigned_tech_id),
      now.assigned_tech_id && shortId(now.assigned_tech_id),
    ),
    ...said(
      'Schedule',
      windowIn(zone, before.scheduled_start, before.scheduled_end),
      windowIn(zone, now.scheduled_start, now.scheduled_end),
    ),
    ...said('Not to exceed', typedCents(before.nte_cents), typedCents(now.nte_cents)),
  ];
  return changes.length > 0 ? changes : ['Something that this page does not show, such as evidence.'];
}
