import { ToggleButton } from 'react-aria-components';
import type { QueuePage } from '../api/answers.js';
import { Button } from '../ui/button.js';
import { inWords } from '../ui/words.js';
import { type FilterName, isFiltered, toggled, type View, viewOf } from './view.js';

interface ChipsProps {
  readonly view: View;
  readonly show: (next: (view: View) => View) => void;
  readonly counts: QueuePage['counts'] | undefined;
  readonly dispatcher: boolean;
  readonly states: readonly string[];
  readonly priorities: readonly string[];
}

const SLA = ['breach', 'warning', 'healthy'] as const;

/** The filters that are used all day, with how many tickets each has. */
export function Chips({ view, show, counts, dispatcher, states, priorities }: ChipsProps) {
  const chip = (name: FilterName, value: string, n?: number, mood?: string) => (
    <ToggleButton
      key={value}
      className="chip"
      data-mood={mood}
      isSelected={view.filters[name].includes(value)}
      onChange={() => show((before) => ({ ...before, filters: toggled(before.filters, name, value) }))}
    >
      {inWords(value)}
      {n !== undefined && <span className="chip-count">{n.toLocaleString('en')}</span>}
    </ToggleButton>
  );
  // Counts are of what the filters leave: while states are chosen, the others are offered without one.
  const chosen = view.filters.state;
  const offered = states.filter((state) => !counts || chosen.length > 0 || counts.by_state[state]);
  return (
    <div className="chips">
      {dispatcher && (
        <div role="group" aria-label="SLA" className="chips-group">
          {SLA.map((status) => chip('sla_status', status, counts?.by_sla_status[status] ?? 0, status))}
        </div>
      )}
      <div role="group" aria-label="Priority" className="chips-group">
        {priorities.map((priority) => chip('priority', priority))}
      </div>
      <div role="group" aria-label="State" className="chips-group">
        {offered.map((state) =>
          chip('state', state, chosen.length > 0 && !chosen.includes(state) ? undefined : counts?.by_state[state]),
        )}
      </div>
      {isFiltered(view) && (
        <Button kind="quiet" onPress={() => show(({ ticket }) => ({ ...viewOf(''), ticket }))}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
