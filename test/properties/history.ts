import {
  type Answer,
  type Call,
  decode,
  evidenceBody,
  approvalBody,
  foldTicket,
  ticketBody,
  ticketStream,
} from '@dispatch/commands';
import type { EventStore, JsonObject, Recorded } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { decide, parseInstant, type Ticket, type TicketCommand, type Uuid } from '@dispatch/ticket';
import { collect } from '../../libs/commands/src/testing/stores.js';
import { givenFacts } from '../../libs/ticket/src/testing/scenario.js';
import { known } from '../../libs/ticket/src/testing/values.js';

/** A ticket's stream with the ticket after each event, folded from nothing. */
export type History = readonly { readonly event: Recorded; readonly ticket: Ticket }[];

export async function historyOf(store: EventStore, ticketId: Uuid): Promise<History> {
  const steps: { event: Recorded; ticket: Ticket }[] = [];
  for (const event of await collect(store.read(ticketStream(ticketId))))
    steps.push({ event, ticket: foldTicket(steps.at(-1)?.ticket, event) });
  return steps;
}

/** The body that the contract asks for, from the log alone. */
export function bodyFrom(history: History, tool: string, version: number): JsonObject {
  const { ticket } = known(history[version]);
  if (tool === 'closeout.add_evidence') return evidenceBody(ticket, known(ticket.evidence.at(-1)));
  if (tool !== 'tech.request_change') return ticketBody(ticket);
  return { ticket: ticketBody(ticket), approval: approvalBody(known(ticket.approvals.at(-1))) };
}

/** All of an answer that must be the same for each repeat, as text. */
export const bytesOf = ({ status, body, version, position, eventId }: Answer): string =>
  JSON.stringify({ status, body, version, position, eventId });

/** What each event says was decided, beside what is decided anew on the ticket before it. */
export function decidedAgain(history: History, sent: ReadonlyMap<string, Call>, policy: Policy) {
  return history.map(({ event }, n) => {
    const call = known(sent.get(event.id));
    const parsed = call.parse();
    if ('code' in parsed) throw new Error(`event ${event.id} was malformed`);
    const before = history[n - 1]?.ticket;
    const command = { tool: call.tool, input: parsed.input } as TicketCommand;
    const { role } = call.actor;
    const given = givenFacts({
      now: known(parseInstant(event.at)),
      id: known(history[n]).event.id as Uuid,
      policy: { template: policy.template, mayConfirmAnyWindow: policy.mayConfirmAnyWindow(role) },
    });
    return {
      stands: { event: decode(event) },
      anew: policy.refuses(call.tool, before, role) ?? decide(command, before, given),
    };
  });
}
