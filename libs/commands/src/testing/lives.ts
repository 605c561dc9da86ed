import { type EventStore, openMemoryEventStore, type Recorded } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { type State, STATES, type Ticket, type TicketCommand } from '@dispatch/ticket';
import * as order from '../../../ticket/src/testing/commands.js';
import * as fact from '../../../ticket/src/testing/events.js';
import { fullChecklist, templateOf } from '../../../ticket/src/testing/templates.js';
import { known } from '../../../ticket/src/testing/values.js';
import { provenanceOf } from '../provenance.js';
import { encode, foldTicket } from '../ticket-codec.js';
import { bound } from './bound.js';
import { callOf, newUuid } from './calls.js';
import { accepted, ticketPath } from './path.js';

/** A ticket in some state, with the events that brought it there. */
export interface Life {
  readonly ticket: Ticket;
  readonly events: readonly Recorded[];
}

const template = known(templateOf('DOOR_WONT_LATCH'));
export const triaged = order.triage({ priority: 'EMERGENCY', incidentType: template.incidentType });
export const bypass = order.dispatch({ dispatchMode: 'EMERGENCY_BYPASS', reason: 'entry is wide open' });
export const completed = order.complete({
  checklistStatus: fullChecklist(template),
  noSignatureReason: 'nobody on site',
});

/** Opened with all the evidence that closeout asks for, and an item to spare. */
const opened: readonly TicketCommand[] = [
  order.create(),
  ...template.evidenceKeys.map((evidenceKey) => order.addEvidence({ evidenceKey })),
  order.addEvidence(),
];

/** Together they rest in every state that commands lead to. */
const WAYS: readonly (readonly TicketCommand[])[] = [
  [...opened, order.requestInfo(), triaged, order.cancel()],
  [...opened, order.triage({ readyToSchedule: true }), order.propose(), order.confirm()],
  [...opened, triaged, bypass, order.checkIn(), order.requestChange()],
  [...opened, triaged, bypass, order.checkIn(), order.hold()],
  [...opened, triaged, bypass, order.checkIn(), completed, order.verify(), order.generateInvoice(), order.close()],
];

/** A life for each state; the second of APPROVAL_REQUIRED waits for a triage, not for a change. */
export async function livesByState(policy: Policy): Promise<ReadonlyMap<State, readonly Life[]>> {
  const lived = (await Promise.all(WAYS.map((way) => live(way, policy)))).flat();
  const waiting = known((await live([...opened, order.triage({ requiresApproval: true })], policy)).at(-1));
  const apart = [waiting, onSite(waiting)];
  return new Map(
    STATES.map((state) => {
      const resting = ({ ticket }: Life) => ticket.state === state;
      const one = lived.findLast(resting);
      return [state, [...(one ? [one] : []), ...apart.filter(resting)]];
    }),
  );
}

/** ON_SITE is passed, never rested in, by today's commands; events may say otherwise. */
function onSite({ ticket, events }: Life): Life {
  const last = known(events.at(-1));
  const event = encode(
    fact.approvalDecided({ approvalId: known(ticket.approvals.at(-1)).id, outcome: 'ON_SITE' }),
    newUuid(),
    ticket.updatedAt,
    provenanceOf(last),
  );
  const recorded = { ...last, ...event, revision: last.revision + 1 };
  return { ticket: foldTicket(ticket, recorded), events: [...events, recorded] };
}

/** The lives that these commands make one after another. */
async function live(commands: readonly TicketCommand[], policy: Policy): Promise<readonly Life[]> {
  const store = openMemoryEventStore();
  const send = ticketPath(store, { policy });
  const lives: Life[] = [];
  for (const command of commands) {
    const before = lives.at(-1)?.ticket;
    const call = callOf(bound(command, before), { ticketId: before?.id });
    const { eventId } = accepted(await send(call));
    const event = known(await store.find(eventId));
    lives.push({ ticket: foldTicket(before, event), events: [...(lives.at(-1)?.events ?? []), event] });
  }
  return lives;
}

/** A log of its own that holds these events. */
export async function logOf(events: readonly Recorded[]): Promise<EventStore> {
  const store = openMemoryEventStore();
  for (const event of events) await store.append(event.stream, 'any', event);
  return store;
}
