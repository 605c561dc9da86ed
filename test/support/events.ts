import type { Recorded } from '@dispatch/event-store';
import { readModel, type Projection } from '@dispatch/projection';
import {
  type Instant,
  instantOf,
  NO_CENTS,
  parseUuid,
  type TicketEvent,
  type TicketEvents,
  type Uuid,
} from '@dispatch/ticket';
import fc from 'fast-check';

export function uuid(n: number): Uuid {
  const id = parseUuid(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
  if (!id) throw new Error('no UUID');
  return id;
}

/** Minutes, or parts of one, after the first ticket was opened. */
export const minute = (minutes: number): Instant => instantOf(Date.UTC(2026, 0, 5, 8) + minutes * 60_000);

const opening = {
  id: uuid(6),
  type: 'NTE_INCREASE',
  amountDeltaCents: NO_CENTS,
  reason: null,
  approvedState: 'IN_PROGRESS',
  deniedState: 'IN_PROGRESS',
} as const;
const judged = { incidentType: 'DOOR_WONT_LATCH', templateVersion: '1.0.0' };

/** One of each, with dull facts. */
const dull: TicketEvents = {
  TicketCreated: {
    accountId: uuid(2),
    siteId: uuid(3),
    assetId: null,
    summary: 'Front door will not latch',
    description: null,
    nteCents: NO_CENTS,
    currency: 'USD',
  },
  InfoRequested: { missingFields: ['access'], message: null },
  TicketTriaged: {
    priority: 'URGENT',
    incidentType: 'DOOR_WONT_LATCH',
    nteCents: NO_CENTS,
    riskFlags: [],
    outcome: 'READY_TO_SCHEDULE',
    approval: null,
  },
  ScheduleProposed: { options: [{ start: minute(60), end: minute(120) }] },
  ScheduleConfirmed: { window: { start: minute(90), end: minute(150) } },
  ScheduleReleased: { reason: 'the shop is closed', requestedBy: 'customer' },
  TechnicianDispatched: { techId: uuid(4), providerId: null, mode: 'SCHEDULED', reason: null, confirmedBy: null },
  AssignmentChanged: {
    override: 'reassign_tech',
    reasonCode: 'capacity',
    note: 'the first one is ill',
    techId: uuid(5),
    providerId: null,
  },
  TechnicianCheckedIn: { arrivedAt: minute(60), location: null },
  ChangeRequested: { approval: opening, evidenceRefs: [] },
  ApprovalDecided: {
    approvalId: uuid(6),
    decision: 'APPROVED',
    outcome: 'IN_PROGRESS',
    nteCents: NO_CENTS,
    notes: null,
  },
  WorkHeld: { reasonCode: 'PARTS_ORDERED', note: 'strike plate ordered' },
  WorkResumed: { outcome: 'IN_PROGRESS', note: null },
  EvidenceAdded: {
    evidenceId: uuid(7),
    kind: 'PHOTO',
    uri: 's3://evidence/photo.jpg',
    evidenceKey: null,
    checksum: null,
    metadata: {},
  },
  EvidenceWithdrawn: { evidenceId: uuid(7), reason: 'photo of another door' },
  ChecklistRecorded: { items: { work_performed: true }, noSignatureReason: null },
  WorkCompleted: { completedAt: minute(90), checklist: {}, noSignatureReason: null, evidenceRefs: null, ...judged },
  WorkVerified: { inspectedAt: minute(100), notes: null, ...judged },
  VerificationFailed: { inspectedAt: minute(100), notes: 'the latch still sticks', outcome: 'IN_PROGRESS' },
  InvoiceGenerated: { lineItems: [], totalCents: NO_CENTS, externalRef: null },
  TicketClosed: { reason: null },
  TicketCancelled: { reason: 'opened twice by mistake' },
};

export type EventType = keyof TicketEvents;
export const EVENT_TYPES = Object.keys(dull).filter((type): type is EventType => Object.hasOwn(dull, type));

export interface Happening {
  readonly type: string;
  readonly data: object;
}

/** An event; what a test is about, it says. */
export const happened = <T extends EventType>(type: T, data: Partial<TicketEvents[T]> = {}): Happening => ({
  type,
  data: { ...dull[type], ...data },
});

/** Any ticket's history: it begins as it must; what follows need not be sensible, since folds are total. */
export const anyHistory: fc.Arbitrary<readonly Happening[]> = fc
  .array(fc.constantFrom(...EVENT_TYPES.filter((type) => type !== 'TicketCreated')), { maxLength: 15 })
  .map((types) => [happened('TicketCreated'), ...types.map((type) => happened(type))]);

/** As the log gives it back: the n-th of its stream, made in that minute unless said otherwise. */
export const inLog = (
  stream: string,
  { type, data }: Happening,
  revision: number,
  at = minute(revision),
): Recorded => ({
  id: uuid(1000 + revision),
  type,
  schemaVersion: 1,
  data: JSON.parse(JSON.stringify(data)),
  metadata: { actor: { id: 'dana', role: 'dispatcher', type: 'HUMAN' } },
  at,
  stream,
  revision,
  position: String(revision + 1),
  prevHash: '0'.repeat(64),
  hash: '0'.repeat(64),
});

/** The rows after each event of one stream. */
export function rowsOf<Row extends object, Event extends TicketEvent | Happening>(
  projection: Projection<Row, Event>,
  stream: string,
  history: readonly Happening[],
  at: (n: number) => Instant = minute,
): readonly object[] {
  const model = readModel(projection);
  let row: object | null = null;
  return history.map((happening, n) => {
    row = model.step(row, inLog(stream, happening, n, at(n)));
    if (!row) throw new Error('the projection keeps no row');
    return row;
  });
}
