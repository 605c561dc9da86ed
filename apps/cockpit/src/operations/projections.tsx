import { useState } from 'react';
import { useSession } from '../shell/session.js';
import { Button, Sheet, SheetForm } from '../packet/parts.js';
import { inWords } from '../ui/words.js';
import { type ProjectionRow, progressOf } from './answers.js';

/** The read models: how far each is, and for whoever may, to build one anew. */
export function Projections({
  rows,
  mayRebuild,
  again,
}: {
  rows: readonly ProjectionRow[];
  mayRebuild: boolean;
  again: () => void;
}) {
  const [asked, setAsked] = useState<string>();
  if (rows.length === 0) return <p className="ops-empty">This service keeps no read models.</p>;
  return (
    <div className="ops-scroll" tabIndex={0} role="region" aria-label="Table of read models">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col" className="ops-number">
              Position
            </th>
            <th scope="col" className="ops-number">
              Behind
            </th>
            <th scope="col" className="ops-number">
              Set aside
            </th>
            <th scope="col">Rebuild</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                {inWords(row.name)} <span className="ops-quiet">v{row.version}</span>
              </th>
              <td>
                <span className="ops-badge" data-mood={row.state === 'live' ? 'healthy' : 'warning'}>
                  {inWords(row.state)}
                </span>
              </td>
              <td className="ops-number">{row.checkpoint_position ?? '–'}</td>
              <td className="ops-number" data-mood={row.lag_positions > 0 ? 'warning' : undefined}>
                {row.lag_positions === 0 ? 'Up to date' : `${row.lag_positions} · ${row.lag_seconds} s`}
              </td>
              <td className="ops-number" data-mood={row.parked > 0 ? 'breach' : undefined}>
                {row.parked}
              </td>
              <td>
                <Rebuild row={row} may={mayRebuild} ask={() => setAsked(row.name)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked !== undefined && <Confirm name={asked} onDone={() => setAsked(undefined)} again={again} />}
    </div>
  );
}

function Rebuild({ row, may, ask }: { row: ProjectionRow; may: boolean; ask: () => void }) {
  const { rebuild } = row;
  if (rebuild) {
    const progress = progressOf(row);
    return (
      <span className="ops-rebuild">
        <progress
          aria-label={`Rebuild of ${inWords(row.name)}`}
          {...(progress === undefined ? {} : { value: progress, max: 1 })}
        />
        {progress === undefined ? inWords(rebuild.state) : `${Math.floor(progress * 100)} %`}
      </span>
    );
  }
  return (
    <span className="ops-rebuild">
      {may ? (
        <Button weight="plain" onPress={ask}>
          Rebuild
        </Button>
      ) : (
        <span className="ops-quiet">–</span>
      )}
    </span>
  );
}

function Confirm({ name, onDone, again }: { name: string; onDone: () => void; again: () => void }) {
  const { request } = useSession();
  return (
    <Sheet title={`Rebuild ${inWords(name)}?`} onClose={onDone}>
      <SheetForm
        label="Rebuild now"
        submit={async () => {
          await request(`/ops/projections/${encodeURIComponent(name)}/rebuild`, {
            method: 'POST',
            idempotencyKey: crypto.randomUUID(),
          });
          again();
        }}
        onDone={onDone}
      >
        <p className="pk-say">
          It is built again from the whole log, beside the one in use, and swapped in once it has caught up. Readers
          notice nothing; the database has more to do until then.
        </p>
      </SheetForm>
    </Sheet>
  );
}
