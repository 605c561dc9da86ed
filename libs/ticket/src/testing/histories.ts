import type { TicketCommand } from '../commands.js';
import type { TicketEvent } from '../events.js';
import type { Ticket } from '../state.js';
import { decide, evolve } from '../ticket.js';
import * as order from './commands.js';
import { givenFacts, stamp } from './scenario.js';
import { fullChecklist, templateOf } from './templates.js';
import { at, cents, id, known, providerId } from './values.js';

/** The id of the event of this revision, and so of what it brings in. */
export const eventId = (revision: number) => id(1_000 + revision);

const shown = (incidentType: string): readonly TicketCommand[] =>
  known(templateOf(incidentType)).evidenceKeys.map((evidenceKey) =>
    order.addEvidence({ uri: `s3://evidence/${evidenceKey}.jpg`, evidenceKey }),
  );
const ticked = (incidentType: string) => fullChecklist(known(templateOf(incidentType)));

/** The shortest way through: nothing is scheduled, since the door stands open. */
export const emergency: readonly TicketCommand[] = [
  order.create({ summary: 'Store entry cannot be secured', nteCents: cents(50_000) }),
  order.triage({ priority: 'EMERGENCY', incidentType: 'CANNOT_SECURE_ENTRY', riskFlags: ['open_to_street'] }),
  order.dispatch({
    dispatchMode: 'EMERGENCY_BYPASS',
    reason: 'entry is wide open',
    managerConfirmation: { managerId: 'mel' },
  }),
  order.checkIn({ timestamp: at(40), location: { lat: 34.05, lon: -118.24 } }),
  ...shown('CANNOT_SECURE_ENTRY').slice(0, -1),
  order.addEvidence({ kind: 'SIGNATURE', uri: 's3://evidence/signature.png', metadata: { signed_by: 'Ann' } }),
  order.recordChecklist({ items: { work_performed: true } }),
  order.complete({ checklistStatus: ticked('CANNOT_SECURE_ENTRY'), timestamp: at(80) }),
  order.verify({ timestamp: at(90) }),
  order.generateInvoice({
    lineItems: [{ description: 'emergency call', quantity: 1.5, unitCents: cents(20_000) }],
    externalRef: 'INV-1',
  }),
  order.close({ reason: 'paid' }),
];

/** The longest: information, approval, two schedules, a denied change, a hold, a failed inspection. */
export const scheduled: readonly TicketCommand[] = [
  order.create({ assetId: id(51), description: 'The latch misses its strike.', nteCents: cents(40_000) }),
  order.requestInfo({ missingFields: ['access'], message: 'Who has the key?' }),
  order.triage({
    requiresApproval: true,
    approvalAmountDeltaCents: cents(25_000),
    approvalReason: 'needs two technicians',
  }),
  order.decideApproval({ approvalId: eventId(2), notes: 'go ahead' }),
  order.propose(),
  order.confirm(),
  order.reschedule(),
  order.propose({
    options: [
      { start: at(600), end: at(660) },
      { start: at(700), end: at(760) },
    ],
  }),
  order.confirm({ start: at(700), end: at(760) }),
  order.dispatch({ providerId }),
  order.reassign({ techId: id(41) }),
  order.checkIn({ timestamp: at(705) }),
  order.requestChange({ amountDeltaCents: cents(9_900), evidenceRefs: ['s3://evidence/closer.jpg'] }),
  order.decideApproval({ approvalId: eventId(12), decision: 'DENIED' }),
  order.hold(),
  order.resume({ note: 'plate is here' }),
  order.addEvidence({ uri: 'photo.jpg', checksum: `sha256:${'0'.repeat(64)}` }),
  order.withdrawEvidence({ evidenceId: eventId(16) }),
  ...shown('DOOR_WONT_LATCH').slice(0, -1),
  order.recordChecklist({ items: ticked('DOOR_WONT_LATCH'), noSignatureReason: 'nobody on site' }),
  order.complete({ evidenceRefs: [eventId(18)], timestamp: at(740) }),
  order.verify({ timestamp: at(800), result: 'FAIL', notes: 'the latch still sticks', returnToWork: true }),
  order.complete({ timestamp: at(850) }),
  order.verify({ timestamp: at(900), notes: 'latches well' }),
  order.generateInvoice(),
  order.close(),
];

export const givenUp: readonly TicketCommand[] = [order.create(), order.cancel()];

/** What these commands write and leave, decided one after the other; a refusal is a mistake of the test. */
export function lived(commands: readonly TicketCommand[]): readonly { event: TicketEvent; ticket: Ticket }[] {
  const steps: { event: TicketEvent; ticket: Ticket }[] = [];
  for (const [revision, command] of commands.entries()) {
    const before = steps.at(-1)?.ticket;
    const decision = decide(command, before, givenFacts({ id: eventId(revision), now: at(revision) }));
    if ('rejection' in decision) throw new Error(`${command.tool}: ${JSON.stringify(decision.rejection)}`);
    steps.push({ event: decision.event, ticket: evolve(before, decision.event, stamp(revision)) });
  }
  return steps;
}
