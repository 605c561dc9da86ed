import { replay as replayed, type Step, type Until } from '@dispatch/audit';
import { ticketBody, ticketStream } from '@dispatch/commands';
import type { Uuid } from '@dispatch/ticket';
import { connectedToAny, type Surroundings } from '../database.js';
import { Failure } from '../failure.js';
import { replayLines } from './replay-lines.js';

export interface Replaying {
  readonly asOf?: Until;
  readonly json: boolean;
}

/** Prints a ticket's history from its stream. */
export function replay(given: Surroundings, ticketId: Uuid, { asOf, json }: Replaying): Promise<boolean> {
  const { printer, signal } = given;
  return connectedToAny(given, async ({ store }) => {
    const history = await replayed(store.read(ticketStream(ticketId), { signal }), asOf);
    const { ticket, steps } = history;
    if (!ticket) throw new Failure(`there is no ticket ${ticketId}${asOf ? ' as of then' : ''}`);
    if (asOf && 'version' in asOf && ticket.version !== asOf.version)
      throw new Failure(`ticket ${ticketId} has come to version ${ticket.version} only`);
    const lines = json
      ? [JSON.stringify({ ticket_id: ticketId, steps: steps.map(stepBody), ticket: ticketBody(ticket) }, undefined, 2)]
      : replayLines(ticketId, history);
    for (const line of lines) printer.line(line);
    return true;
  });
}

/** A step in the words of the API. */
const stepBody = ({ eventId, position, version, at, type, by, states, changes, facts }: Step) => ({
  event_id: eventId,
  position,
  version,
  at,
  type,
  actor: by.actor,
  tool: by.tool,
  endpoint: by.endpoint,
  request_id: by.requestId,
  requested_at: by.requestedAt,
  policy_version: by.policyVersion,
  states,
  changes,
  facts,
});
