import type { TicketCommands, Tool } from '../commands.js';
import { accountId, approvalId, at, evidenceId, siteId, techId } from './values.js';

/** A builder a command: what must be said, dully; nothing that may be left out. */
const command =
  <T extends Tool>(tool: T, defaults: TicketCommands[T]) =>
  (input: Partial<TicketCommands[T]> = {}): { readonly tool: T; readonly input: Readonly<TicketCommands[T]> } => ({
    tool,
    input: { ...defaults, ...input },
  });

export const create = command('ticket.create', { accountId, siteId, summary: 'Front door will not latch' });
export const requestInfo = command('ticket.request_info', { missingFields: ['access'] });
export const triage = command('ticket.triage', { priority: 'ROUTINE', incidentType: 'DOOR_WONT_LATCH' });
export const propose = command('schedule.propose', { options: [{ start: at(60), end: at(120) }] });
export const confirm = command('schedule.confirm', { start: at(60), end: at(120) });
export const reschedule = command('schedule.reschedule', { reason: 'the shop is closed', requestedBy: 'customer' });
export const dispatch = command('assignment.dispatch', { techId });
export const reassign = command('assignment.reassign', {
  overrideType: 'reassign_tech',
  reasonCode: 'capacity',
  note: 'first one is ill',
});
export const checkIn = command('tech.check_in', { timestamp: at(60) });
export const requestChange = command('tech.request_change', {
  approvalType: 'NTE_INCREASE',
  reason: 'the closer is worn out',
});
export const decideApproval = command('approval.decide', { approvalId, decision: 'APPROVED' });
export const hold = command('work.hold', { reasonCode: 'PARTS_ORDERED', note: 'strike plate ordered' });
export const resume = command('work.resume', {});
export const addEvidence = command('closeout.add_evidence', { kind: 'PHOTO', uri: 's3://evidence/photo.jpg' });
export const withdrawEvidence = command('closeout.withdraw_evidence', { evidenceId, reason: 'photo of another door' });
export const recordChecklist = command('closeout.record_checklist', { items: {} });
export const complete = command('tech.complete', { checklistStatus: {} });
export const verify = command('qa.verify', { timestamp: at(100), result: 'PASS' });
export const generateInvoice = command('billing.generate_invoice', {});
export const close = command('ticket.close', {});
export const cancel = command('ticket.cancel', { reason: 'opened twice by mistake' });
