import type { Ticket, TicketCommand } from '@dispatch/ticket';

/** The command with ids that mean something on the ticket: its pending approval, its newest evidence. */
export function bound(command: TicketCommand, ticket: Ticket | undefined): TicketCommand {
  const approval = ticket?.approvals.at(-1);
  if (command.tool === 'approval.decide' && approval)
    return { ...command, input: { ...command.input, approvalId: approval.id } };
  const item = ticket?.evidence.at(-1);
  if (command.tool === 'closeout.withdraw_evidence' && item)
    return { ...command, input: { ...command.input, evidenceId: item.id } };
  return command;
}
