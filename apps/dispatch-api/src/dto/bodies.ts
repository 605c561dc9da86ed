import type { TicketCommands, Tool } from '@dispatch/ticket';
import { Dispatch, Reassign } from './assignment.js';
import { CloseTicket, GenerateInvoice } from './billing.js';
import { AddEvidence, CompleteWork, RecordChecklist, VerifyWork, WithdrawEvidence } from './closeout.js';
import type { CommandBody } from './command-body.js';
import { CancelTicket, CreateTicket, RequestInfo, Triage } from './intake.js';
import { ConfirmSchedule, ProposeSchedule, Reschedule } from './schedule.js';
import { CheckIn, DecideApproval, HoldWork, RequestChange, ResumeWork } from './work.js';

/** The part of a tool's input that its path gives. */
interface FromPath {
  'closeout.withdraw_evidence': 'evidenceId';
}
type FromBody<T extends Tool> = T extends keyof FromPath ? Omit<TicketCommands[T], FromPath[T]> : TicketCommands[T];

/** The fields of an input as the wire spells them. */
type Spelled<Fields> = { readonly [Key in keyof Fields as Key extends string ? Snake<Key> : never]: unknown };
type Snake<Word extends string> = Word extends `${infer Letter}${infer Rest}`
  ? `${Letter extends Lowercase<Letter> ? Letter : `_${Lowercase<Letter>}`}${Snake<Rest>}`
  : Word;

/** The body of every command tool. A tool without one does not compile, nor one that lacks a field of its input. */
export const bodies: { readonly [T in Tool]: new () => CommandBody & Spelled<FromBody<T>> } = {
  'ticket.create': CreateTicket,
  'ticket.request_info': RequestInfo,
  'ticket.triage': Triage,
  'schedule.propose': ProposeSchedule,
  'schedule.confirm': ConfirmSchedule,
  'schedule.reschedule': Reschedule,
  'assignment.dispatch': Dispatch,
  'assignment.reassign': Reassign,
  'tech.check_in': CheckIn,
  'tech.request_change': RequestChange,
  'approval.decide': DecideApproval,
  'work.hold': HoldWork,
  'work.resume': ResumeWork,
  'closeout.add_evidence': AddEvidence,
  'closeout.withdraw_evidence': WithdrawEvidence,
  'closeout.record_checklist': RecordChecklist,
  'tech.complete': CompleteWork,
  'qa.verify': VerifyWork,
  'billing.generate_invoice': GenerateInvoice,
  'ticket.close': CloseTicket,
  'ticket.cancel': CancelTicket,
};
