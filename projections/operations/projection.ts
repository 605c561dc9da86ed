import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact, Projection } from '@dispatch/projection';
import { type TicketEvent, transitions } from '@dispatch/ticket';
import { advanced, type Clocked, opened } from '../clock.js';
import { decodeTicketEvent, onEvery, TICKET_STREAMS } from '../ticket-log.js';

type Tally = Readonly<Record<string, number>>;

/** What one ticket adds to the numbers of the whole. */
export interface OperationsRow extends Clocked {
  readonly ticket_id: string;
  /** How often it went `FROM>TO`, as words `FROM>TO*times` in order; a new one from nothing: `>NEW*1`. */
  readonly transitions: string;
  /** Milliseconds in each state that it has left. */
  readonly state_ms: Tally;
  readonly closed_at: string | null;
  readonly cancelled_at: string | null;
}

const plus = (tally: Tally, key: string, amount: number): Tally => ({ ...tally, [key]: (tally[key] ?? 0) + amount });

/** Text, for tickets that went the same ways have the same one and are counted together. */
function gone(before: string, steps: readonly string[]): string {
  const words = before.split(' ');
  for (const step of steps) {
    const at = words.findIndex((word) => word.startsWith(`${step}*`));
    const count = Number(words[at]?.slice(step.length + 1) ?? 0);
    words.splice(at < 0 ? words.length : at, 1, `${step}*${count + 1}`);
  }
  return words.sort().join(' ');
}

function after(row: OperationsRow, fact: Fact<TicketEvent>): OperationsRow {
  const clocked = advanced(row, fact);
  const { event, at } = fact;
  const steps = transitions(row.state, event, clocked.state).map(({ from, to }) => `${from ?? ''}>${to}`);
  const stayed = Date.parse(at) - Date.parse(row.last_transition_at);
  return {
    ...clocked,
    ticket_id: row.ticket_id,
    transitions: steps.length === 0 ? row.transitions : gone(row.transitions, steps),
    state_ms: clocked.state === row.state ? row.state_ms : plus(row.state_ms, row.state, stayed),
    closed_at: event.type === 'TicketClosed' ? at : row.closed_at,
    cancelled_at: event.type === 'TicketCancelled' ? at : row.cancelled_at,
  };
}

/** The numbers that operators watch, from the log, so that a restart forgets nothing. */
export const operations: Projection<OperationsRow, TicketEvent> = {
  name: 'operations',
  version: 2,
  sql: readFileSync(join(import.meta.dirname, 'table.sql'), 'utf8'),
  streams: TICKET_STREAMS,
  decode: decodeTicketEvent,
  begins: {
    TicketCreated: (fact) => ({
      ...opened(fact),
      ticket_id: fact.id,
      transitions: '>NEW*1',
      state_ms: {},
      closed_at: null,
      cancelled_at: null,
    }),
  },
  when: onEvery(after),
};
