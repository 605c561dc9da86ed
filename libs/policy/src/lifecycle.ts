import { STATES, type State } from '@dispatch/ticket';
import type { DelayAttribution, PolicyFiles, SlaClock } from './content.js';
import { PolicyFault, pointer } from './fault.js';
import { distinct, stateAt, statesAt, tableOf } from './names.js';
import type { ToolRow } from './rows.js';

export interface Lifecycle {
  /** In the order of a ticket's life. */
  readonly states: readonly State[];
  readonly initial: State;
  /** No tool acts on a ticket here. */
  readonly terminal: readonly State[];
  readonly delayAttribution: Readonly<Record<State, DelayAttribution>>;
  readonly slaClock: Readonly<Record<State, SlaClock>>;
}

const FILE = 'lifecycle.json';

export function lifecycleFrom({ initial, terminal, states }: PolicyFiles['lifecycle']): Lifecycle {
  const rows = states.map((row, index) => ({
    ...row,
    index,
    state: stateAt(row.state, FILE, 'states', index, 'state'),
  }));
  distinct(
    rows,
    ({ state }) => state,
    'state',
    ({ index }) => ({ file: FILE, place: pointer('states', index, 'state') }),
  );
  const rowOf = tableOf(STATES, (state) => {
    const row = rows.find((one) => one.state === state);
    if (!row) throw new PolicyFault(FILE, pointer('states'), `no row for state '${state}'`);
    return row;
  });
  return {
    states: rows.map(({ state }) => state),
    initial: stateAt(initial, FILE, 'initial'),
    terminal: statesAt(terminal, FILE, 'terminal'),
    delayAttribution: tableOf(STATES, (state) => rowOf[state].delay_attribution),
    slaClock: tableOf(STATES, (state) => rowOf[state].sla_clock),
  };
}

/** Throws when the tools' rows and the states do not make one life: a way to each state, and one out of it or none. */
export function checkWays({ states, initial, terminal }: Lifecycle, rows: readonly ToolRow[]): void {
  for (const [index, { tool, from }] of rows.entries()) {
    const at = from.findIndex((state) => terminal.includes(state));
    if (at >= 0)
      throw new PolicyFault(
        'tools.json',
        pointer('tools', index, 'from', at),
        `${tool} may not act in terminal state '${from[at]}'`,
      );
  }
  const reached = reachable(initial, rows);
  for (const [index, state] of states.entries()) {
    const fault = (what: string) => new PolicyFault(FILE, pointer('states', index), what);
    if (!reached.has(state)) throw fault(`no tool leads to state '${state}'`);
    if (!terminal.includes(state) && !rows.some((row) => leaves(row, state)))
      throw fault(`no tool leads out of state '${state}', and it is not terminal`);
  }
}

const leaves = ({ from, to }: ToolRow, state: State): boolean =>
  from.includes(state) && to.some((next) => next !== state);

function reachable(initial: State, rows: readonly ToolRow[]): ReadonlySet<State> {
  const reached = new Set([initial]);
  // A set visits what is added while it is walked.
  for (const state of reached)
    for (const { from, to, through } of rows)
      if (from.includes(state)) for (const next of [...through, ...to]) reached.add(next);
  return reached;
}
