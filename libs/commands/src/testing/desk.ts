import { type EventStore, openMemoryEventStore } from '@dispatch/event-store';
import { parseUuid, type TicketCommand, type Uuid } from '@dispatch/ticket';
import * as order from '../../../ticket/src/testing/commands.js';
import type { Answer } from '../answer.js';
import type { Refusal } from '../call.js';
import type { RunTool } from '../ticket-commands.js';
import { type CallParts, callOf } from './calls.js';
import { accepted, type PathParts, rejected, ticketPath } from './path.js';

/** Where commands are given one after another, to one process over a log of its own. */
export interface Desk {
  readonly store: EventStore;
  readonly send: RunTool;
  /** The answer to a command that must be accepted. */
  does(command: TicketCommand, parts?: CallParts): Promise<Answer>;
  /** Why a command that must not be accepted was refused. */
  isRefused(command: TicketCommand, parts?: CallParts): Promise<Refusal>;
  /** A new ticket, brought on by these commands. */
  aTicket(...commands: readonly TicketCommand[]): Promise<Uuid>;
}

export function openDesk(parts: PathParts): Desk {
  const store = openMemoryEventStore();
  const send = ticketPath(store, parts);
  const does: Desk['does'] = async (command, about) => accepted(await send(callOf(command, about)));
  return {
    store,
    send,
    does,
    isRefused: async (command, about) => rejected(await send(callOf(command, about))),
    async aTicket(...commands) {
      const ticketId = parseUuid((await does(order.create())).body.id);
      if (!ticketId) throw new Error('a ticket has an id');
      for (const command of commands) await does(command, { ticketId });
      return ticketId;
    },
  };
}
