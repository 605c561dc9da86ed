import type { Json, JsonObject } from '@dispatch/event-store';
import {
  APPROVAL_DECISIONS,
  APPROVAL_TYPES,
  DISPATCH_MODES,
  HOLD_REASONS,
  type LineItem,
  OVERRIDE_TYPES,
  PRIORITIES,
  QA_RESULTS,
  REASSIGN_REASONS,
  REQUESTERS,
  type TicketCommand,
  type TicketCommands,
  type Tool,
  TRIAGE_OUTCOMES,
  type Uuid,
  type Window,
} from '@dispatch/ticket';
import {
  booleans,
  code,
  type Fields,
  flag,
  fromFields,
  type FromFields,
  id,
  isObject,
  list,
  may,
  money,
  must,
  mustWith,
  number,
  object,
  oneOf,
  open,
  text,
  time,
  verbatim,
} from './field.js';

/** The part of a tool's input that its path gives. */
interface FromPath {
  'closeout.withdraw_evidence': 'evidenceId';
}
type FromBody<T extends Tool> = T extends keyof FromPath ? Omit<TicketCommands[T], FromPath[T]> : TicketCommands[T];

const window: Fields<Window> = { start: must(time), end: must(time) };
const lineItem: Fields<LineItem> = { description: must(text), quantity: must(number), unitCents: must(money) };

/**
 * The body of every command tool, read again from the word-for-word request in the log: a second reading beside that
 * of the service, which knows nothing of HTTP. A tool or a field without one does not compile.
 */
const bodies: { readonly [T in Tool]: Fields<FromBody<T>> } = {
  'ticket.create': {
    accountId: must(id),
    siteId: must(id),
    assetId: may(id),
    summary: must(text),
    description: may(text),
    nteCents: may(money),
    channel: may(text),
    requesterContact: may(open),
    attachments: may(list(open)),
  },
  'ticket.request_info': { missingFields: must(list(text)), message: may(text) },
  'ticket.triage': {
    priority: must(oneOf(PRIORITIES)),
    incidentType: must(code),
    nteCents: may(money),
    riskFlags: may(list(text)),
    notes: may(text),
    workflowOutcome: may(oneOf(TRIAGE_OUTCOMES)),
    requiresApproval: may(flag),
    readyToSchedule: may(flag),
    approvalReason: may(text),
    approvalAmountDeltaCents: may(money),
  },
  'schedule.propose': { options: must(list(object(window))) },
  'schedule.confirm': window,
  'schedule.reschedule': { reason: must(text), requestedBy: must(oneOf(REQUESTERS)) },
  'assignment.dispatch': {
    techId: must(id),
    providerId: may(id),
    notes: may(text),
    dispatchMode: may(oneOf(DISPATCH_MODES)),
    reason: mustWith('dispatch_mode', 'EMERGENCY_BYPASS', text),
    managerConfirmation: may(object<{ managerId: string; note?: string }>({ managerId: must(text), note: may(text) })),
  },
  'assignment.reassign': {
    overrideType: must(oneOf(OVERRIDE_TYPES)),
    reasonCode: must(oneOf(REASSIGN_REASONS)),
    note: must(text),
    techId: mustWith('override_type', 'reassign_tech', id),
    providerId: mustWith('override_type', 'reassign_provider', id),
  },
  'tech.check_in': { timestamp: must(time), location: may(open) },
  'tech.request_change': {
    approvalType: must(oneOf(APPROVAL_TYPES)),
    reason: must(text),
    amountDeltaCents: may(money),
    evidenceRefs: may(list(text)),
  },
  'approval.decide': { approvalId: must(id), decision: must(oneOf(APPROVAL_DECISIONS)), notes: may(text) },
  'work.hold': { reasonCode: must(oneOf(HOLD_REASONS)), note: must(text) },
  'work.resume': { returnVisit: may(flag), note: may(text) },
  'closeout.add_evidence': {
    kind: must(text),
    uri: must(text),
    evidenceKey: may(text),
    checksum: may(verbatim),
    metadata: may(open),
  },
  'closeout.withdraw_evidence': { reason: must(text) },
  'closeout.record_checklist': { items: must(booleans), noSignatureReason: may(text) },
  'tech.complete': {
    checklistStatus: must(booleans),
    noSignatureReason: may(text),
    evidenceRefs: may(list(text)),
    timestamp: may(time),
    completionNotes: may(text),
    signatureRef: may(text),
    laborMinutes: may(number),
    partsUsed: may(list(open)),
  },
  'qa.verify': {
    timestamp: must(time),
    result: must(oneOf(QA_RESULTS)),
    notes: mustWith('result', 'FAIL', text),
    returnToWork: may(flag),
  },
  'billing.generate_invoice': { lineItems: may(list(object(lineItem))), externalRef: may(text) },
  'ticket.close': { reason: may(text) },
  'ticket.cancel': { reason: must(text) },
};

const EXPECTED_VERSION = 'expected_version';

const readers = new Map<string, FromFields<object>>(
  Object.entries<Fields<object>>(bodies).map(([tool, fields]) => [tool, fromFields(fields, [EXPECTED_VERSION])]),
);

export type TicketRequest =
  | { readonly command: TicketCommand; readonly expectedVersion: number | undefined }
  | { readonly fault: string };

/** What was asked of a ticket, from the recorded request; `evidenceId` is that of the path, where it has one. */
export function ticketRequest(tool: string, request: Json, evidenceId: Uuid | undefined): TicketRequest {
  const reader = readers.get(tool);
  if (!reader) return { fault: `no command is called ${tool}` };
  if (!isObject(request)) return { fault: 'the request is not an object' };
  const { read, fault } = reader(request);
  if (fault !== undefined) return { fault };
  const input = evidenceId === undefined ? read : { ...read, evidenceId };
  const expectedVersion = expectedVersionIn(request);
  if (expectedVersion === null) return { fault: `${EXPECTED_VERSION} is not a number` };
  // The table that was looked into is the tool's own.
  return { command: { tool, input } as TicketCommand, expectedVersion };
}

/** Null where it is no number. */
function expectedVersionIn(request: JsonObject): number | undefined | null {
  const version = Object.hasOwn(request, EXPECTED_VERSION) ? request[EXPECTED_VERSION] : undefined;
  if (version === undefined || version === null) return undefined;
  return typeof version === 'number' ? version : null;
}
