import { useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { TimelineEvent } from '../api/answers.js';
import { Button } from '../ui/button.js';
import { Failed, Loading } from '../ui/states.js';
import { inWords } from '../ui/words.js';
import { momentIn } from '../ui/zone.js';

const SHOWN = [
  { id: 'all', name: 'All', takes: () => true },
  { id: 'states', name: 'State changes', takes: (event: TimelineEvent) => event.before_state !== event.after_state },
  { id: 'evidence', name: 'Evidence', takes: ({ tool_name }: TimelineEvent) => tool_name.startsWith('closeout.') },
] as const;

interface TimelineProps {
  readonly events: readonly TimelineEvent[] | undefined;
  readonly error: Error | null;
  readonly zone: string;
  readonly more: (() => void) | undefined;
}

/** What has happened, newest first; each entry as it stands in the log on demand. */
export function Timeline({ events, error, zone, more }: TimelineProps) {
  const [shown, setShown] = useState<string>('all');
  if (!events) return error ? <Failed error={error} /> : <Loading what="the timeline" />;
  const filter = SHOWN.find(({ id }) => id === shown) ?? SHOWN[0];
  const listed = events.filter(filter.takes).toReversed();
  return (
    <>
      <ToggleButtonGroup
        aria-label="Show"
        className="chips-group"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[shown]}
        onSelectionChange={(keys) => setShown(String([...keys][0] ?? 'all'))}
      >
        {SHOWN.map(({ id, name }) => (
          <ToggleButton key={id} id={id} className="chip">
            {name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {more && (
        <Button kind="quiet" onPress={more}>
          Load later entries
        </Button>
      )}
      {listed.length === 0 && <p className="quiet">Nothing of this kind has happened.</p>}
      <ol className="timeline">
        {listed.map((event) => (
          <Entry key={event.id} event={event} zone={zone} />
        ))}
      </ol>
    </>
  );
}

function Entry({ event, zone }: { event: TimelineEvent; zone: string }) {
  const [raw, setRaw] = useState(false);
  const { before_state, after_state, tool_name, actor_id, actor_role, created_at, payload } = event;
  const words = noteOf(payload.request);
  return (
    <li>
      <p className="timeline-what">
        <strong>{inWords(tool_name.split('.').at(-1) ?? tool_name)}</strong>
        {before_state !== after_state && (
          <span>
            {before_state ? `${inWords(before_state)} → ` : ''}
            {inWords(after_state)}
          </span>
        )}
      </p>
      {words && <p className="timeline-note">{words}</p>}
      <p className="timeline-who">
        {momentIn(zone, created_at)} · {actor_id} ({actor_role})
        <Button kind="quiet" aria-expanded={raw} onPress={() => setRaw(!raw)}>
          {raw ? 'Hide raw entry' : 'Raw entry'}
        </Button>
      </p>
      {raw && (
        <pre className="raw" tabIndex={0} aria-label="Raw entry">
          {JSON.stringify(event, null, 2)}
        </pre>
      )}
    </li>
  );
}

/** What somebody wrote, wherever the command keeps it. */
function noteOf(request: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const found = ['reason', 'note', 'notes', 'message', 'summary', 'evidence_key', 'completion_notes']
    .map((name) => request?.[name])
    .find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : undefined;
}
