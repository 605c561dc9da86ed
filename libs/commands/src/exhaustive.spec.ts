import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openMemoryEventStore } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { rules, type State, STATES, type TicketCommand, type Tool } from '@dispatch/ticket';
import * as order from '../../ticket/src/testing/commands.js';
import { id } from '../../ticket/src/testing/values.js';
import { bound } from './testing/bound.js';
import { callOf } from './testing/calls.js';
import { bypass, completed, type Life, livesByState, logOf, triaged } from './testing/lives.js';
import { accepted, rejected, shippedPolicy, ticketPath } from './testing/path.js';
import { wholeLog } from './testing/stores.js';
import { foldTicket } from './ticket-codec.js';

/** Of each tool the commands that together lead wherever it may lead. */
const COMMANDS: { readonly [T in Tool]: readonly TicketCommand<T>[] } = {
  'ticket.create': [order.create()],
  'ticket.request_info': [order.requestInfo()],
  'ticket.triage': [triaged, order.triage({ readyToSchedule: true }), order.triage({ requiresApproval: true })],
  'schedule.propose': [order.propose()],
  'schedule.confirm': [order.confirm()],
  'schedule.reschedule': [order.reschedule()],
  'assignment.dispatch': [bypass],
  'assignment.reassign': [order.reassign()],
  'tech.check_in': [order.checkIn()],
  'tech.request_change': [order.requestChange()],
  'approval.decide': [order.decideApproval({ decision: 'APPROVED' }), order.decideApproval({ decision: 'DENIED' })],
  'work.hold': [order.hold()],
  'work.resume': [order.resume(), order.resume({ returnVisit: true })],
  'closeout.add_evidence': [order.addEvidence()],
  'closeout.withdraw_evidence': [order.withdrawEvidence()],
  'closeout.record_checklist': [order.recordChecklist()],
  'tech.complete': [completed],
  'qa.verify': [
    order.verify(),
    order.verify({ result: 'FAIL', notes: 'it still sticks' }),
    order.verify({ result: 'FAIL', notes: 'it still sticks', returnToWork: true }),
  ],
  'billing.generate_invoice': [order.generateInvoice()],
  'ticket.close': [order.close()],
  'ticket.cancel': [order.cancel()],
};
const isTool = (name: string): name is Tool => Object.hasOwn(COMMANDS, name);
const TOOLS = Object.keys(COMMANDS).filter(isTool);

/** The rows as they are shipped, read apart from the code that is tested. */
interface Row {
  readonly tool: string;
  readonly roles: readonly string[];
  readonly from?: readonly State[] | 'none';
  readonly to?: readonly State[] | 'unchanged';
}
const policyFile = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../policy', `${name}.json`), 'utf8'));
const ROWS: readonly Row[] = policyFile('tools').tools;
const ROLES: readonly string[] = policyFile('roles').roles;

const rowOf = (tool: Tool): Row => {
  const row = ROWS.find((one) => one.tool === tool);
  if (!row) throw new Error(`no row for ${tool}`);
  return row;
};
const mayFrom = ({ from }: Row, state: State): boolean => Array.isArray(from) && from.includes(state);
const mayTo = ({ to = [] }: Row, state: State): readonly State[] => (to === 'unchanged' ? [state] : [...to]);

let policy: Policy;
let lives: ReadonlyMap<State, readonly Life[]>;

beforeAll(async () => {
  policy = await shippedPolicy();
  lives = await livesByState(policy);
});

test('every state has a life that led there', () => {
  expect([...lives].filter(([, of]) => of.length === 0)).toEqual([]);
  expect([...lives.keys()]).toEqual([...STATES]);
  expect(TOOLS.toSorted()).toEqual(['ticket.create', ...Object.keys(rules)].toSorted());
});

describe.each(TOOLS)('%s', (tool) => {
  const row = rowOf(tool);

  test.each(ROLES)('by %s', (role) => {
    expect(policy.allows(role, tool)).toBe(row.roles.includes(role));
  });

  test('without a ticket', async () => {
    for (const role of row.roles) {
      const store = openMemoryEventStore();
      const begins = row.from === 'none';
      const answer = await ticketPath(store, { policy })(
        callOf(COMMANDS[tool][0] ?? order.create(), { role, ticketId: begins ? undefined : id(404) }),
      );
      if (begins) expect(accepted(answer)).toMatchObject({ status: 201, body: { state: 'NEW' } });
      else expect(rejected(answer)).toEqual({ code: 'TICKET_NOT_FOUND', details: { ticket_id: id(404) } });
      expect(await wholeLog(store)).toHaveLength(begins ? 1 : 0);
    }
  });

  test.each(STATES)('from %s', async (state) => {
    for (const { command, life, role } of cases(tool, state)) {
      const { answer, appended, after } = await sent(command, life, role);
      if (mayFrom(row, state)) {
        expect(accepted(answer)).toMatchObject({ version: life.events.length, replayed: false });
        expect(appended).toHaveLength(1);
        expect(mayTo(row, state)).toContain(after);
      } else {
        expect(rejected(answer)).toEqual({ code: 'INVALID_STATE_TRANSITION', details: refusalOf(row, state, role) });
        expect(appended).toEqual([]);
      }
    }
  });

  test('leads wherever its row says', async () => {
    const ways = STATES.filter((state) => mayFrom(row, state)).flatMap((state) => cases(tool, state));
    const reached = await Promise.all(ways.map(async ({ command, life, role }) => sent(command, life, role)));
    const targets = Array.isArray(row.to) && row.from !== 'none' ? row.to : reached.map(({ before }) => before);
    expect(new Set(reached.map(({ after }) => after))).toEqual(new Set(targets));
  });
});

function cases(tool: Tool, state: State) {
  const of = lives.get(state) ?? [];
  return of.flatMap((life) =>
    COMMANDS[tool].flatMap((command) => rowOf(tool).roles.map((role) => ({ command, life, role }))),
  );
}

/** The command sent to a ticket with this life, in a log of its own. */
async function sent(command: TicketCommand, { ticket, events }: Life, role: string) {
  const store = await logOf(events);
  const answer = await ticketPath(store, { policy })(callOf(bound(command, ticket), { ticketId: ticket.id, role }));
  const appended = (await wholeLog(store)).slice(events.length);
  return { answer, appended, before: ticket.state, after: appended.reduce(foldTicket, ticket).state };
}

const refusalOf = (row: Row, state: State, role: string) => ({
  from_state: state,
  to_state: mayTo(row, state)[0],
  allowed_from_states: row.from === 'none' ? [] : row.from,
  available_tools: ROWS.filter((one) => mayFrom(one, state) && one.roles.includes(role)).map((one) => one.tool),
});
