import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { QueueRow } from '../api/answers.js';
import { PriorityBadge, SlaBadge, StateBadge } from '../ui/badge.js';
import { inWords, shortId } from '../ui/words.js';
import { ago } from '../ui/zone.js';
import { useNow } from './clock.js';
import { useChanged } from './queue-data.js';
import { remainingOf, remainingText } from './sla.js';

export const ROW_PX = 44;

interface QueueProps {
  readonly rows: readonly QueueRow[];
  /** Whether the rows tell of deadlines. */
  readonly sla: boolean;
  readonly warningMinutes: number;
  readonly techName: (id: string) => string;
  readonly selected: string | undefined;
  readonly onSelect: (ticketId: string) => void;
  readonly onEscape: () => void;
  readonly onEnd: () => void;
  readonly gridRef: RefObject<HTMLDivElement | null>;
}

/** The rows as a grid of which only what is visible exists. Arrows move, Enter opens, Escape closes. */
export function Queue(props: QueueProps) {
  const { rows, sla, selected, onSelect, onEscape, onEnd, gridRef } = props;
  const [active, setActive] = useState<string>();
  const changed = useChanged(rows);
  const at = useMemo(() => new Map(rows.map(({ ticket_id }, index) => [ticket_id, index])), [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => gridRef.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: ROW_PX,
  });
  const items = virtual.getVirtualItems();
  useKeptPlace(rows, at, gridRef);

  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 30) onEnd();
  }, [last, rows.length, onEnd]);

  const current = active !== undefined && at.has(active) ? active : selected;
  const activeIndex = current === undefined ? -1 : (at.get(current) ?? -1);
  const move = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    setActive(rows[to]?.ticket_id);
    virtual.scrollToIndex(to);
  };
  const page = () => Math.max(1, Math.floor((gridRef.current?.clientHeight ?? 0) / ROW_PX) - 2);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(activeIndex + 1),
      ArrowUp: () => move(activeIndex - 1),
      PageDown: () => move(activeIndex + page()),
      PageUp: () => move(activeIndex - page()),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      Enter: () => current !== undefined && onSelect(current),
      Escape: onEscape,
    };
    const run = moves[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  };
  const shown = items.some(({ index }) => index === activeIndex);
  return (
    <div
      ref={gridRef}
      className={sla ? 'grid' : 'grid grid-plain'}
      role="grid"
      aria-label="Tickets"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={shown && current ? `row-${current}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className="grid-head">
        <div role="row" aria-rowindex={1} className="grid-row">
          {sla && (
            <>
              <span role="columnheader">SLA</span>
              <span role="columnheader" className="at-end">
                Time left
              </span>
            </>
          )}
          <span role="columnheader">Priority</span>
          <span role="columnheader">State</span>
          <span role="columnheader">Ticket</span>
          <span role="columnheader">Site</span>
          <span role="columnheader">Technician</span>
          <span role="columnheader" className="at-end">
            Updated
          </span>
        </div>
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const id = row.ticket_id;
          return (
            <div
              key={id}
              id={`row-${id}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={id === selected}
              className="grid-row grid-ticket"
              data-active={id === current || undefined}
              data-changed={changed.has(id) || undefined}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => {
                setActive(id);
                onSelect(id);
              }}
            >
              <Cells row={row} sla={sla} warningMinutes={props.warningMinutes} techName={props.techName} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

type CellsProps = Pick<QueueProps, 'sla' | 'warningMinutes' | 'techName'> & { readonly row: QueueRow };

const Cells = memo(function Cells({ row, sla, warningMinutes, techName }: CellsProps) {
  const tech = typeof row.assigned_tech === 'string' ? row.assigned_tech : row.assigned_tech?.id;
  return (
    <>
      {sla && <Countdown row={row} warningMinutes={warningMinutes} />}
      <span role="gridcell">
        <PriorityBadge priority={row.priority} />
      </span>
      <span role="gridcell">
        <StateBadge state={row.state} />
      </span>
      <span role="gridcell" className="grid-what">
        <span className="cut">{row.summary}</span>
        <span className="grid-second cut">
          {row.incident_type ? inWords(row.incident_type) : 'Not triaged'} · {shortId(row.ticket_id)}
        </span>
      </span>
      <span role="gridcell" className="cut">
        {row.site?.name ?? '–'}
      </span>
      <span role="gridcell" className="cut">
        {tech ? techName(tech) : '–'}
      </span>
      <Updated at={row.last_update_at} />
    </>
  );
});

/** Alone renders with every tick. */
function Countdown({ row, warningMinutes }: Pick<CellsProps, 'row' | 'warningMinutes'>) {
  const { ms, status } = remainingOf(row, useNow(), warningMinutes);
  const still = row.sla_clock !== 'running';
  return (
    <>
      <span role="gridcell">{status ? <SlaBadge status={status} /> : '–'}</span>
      <span role="gridcell" className="grid-time at-end" data-mood={still ? undefined : status}>
        {ms === undefined ? '–' : remainingText(ms)}
        {still && row.sla_clock && <span className="grid-second">{row.sla_clock}</span>}
      </span>
    </>
  );
}

function Updated({ at }: { at: string }) {
  return (
    <span role="gridcell" className="quiet at-end" title={at}>
      {ago(at, useNow())}
    </span>
  );
}

/** Rows that come or go above what is being looked at do not move it. At the very top new rows are let in. */
function useKeptPlace(
  rows: readonly QueueRow[],
  at: ReadonlyMap<string, number>,
  gridRef: RefObject<HTMLDivElement | null>,
) {
  const before = useRef<readonly QueueRow[]>(rows);
  useLayoutEffect(() => {
    const grid = gridRef.current;
    const old = before.current;
    before.current = rows;
    if (!grid || old === rows || grid.scrollTop < ROW_PX) return;
    const top = Math.floor(grid.scrollTop / ROW_PX);
    // The topmost row that is still there; it may itself have been the one that went.
    for (let index = top; index < Math.min(top + 20, old.length); index += 1) {
      const now = at.get(old[index]?.ticket_id ?? '');
      if (now === undefined) continue;
      if (Math.abs(now - index) < 50) grid.scrollTop += (now - index) * ROW_PX;
      return;
    }
  }, [rows, at, gridRef]);
}
