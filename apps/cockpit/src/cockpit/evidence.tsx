import { useQuery } from '@tanstack/react-query';
import type { Evidence } from '../api/answers.js';
import { useSession } from '../shell/session.js';
import { Button } from '../ui/button.js';
import { Failed, Loading } from '../ui/states.js';
import { inWords } from '../ui/words.js';
import { momentIn } from '../ui/zone.js';

interface EvidenceListProps {
  readonly ticketId: string;
  readonly items: readonly Evidence[] | undefined;
  readonly error: Error | null;
  readonly allowed: boolean;
  readonly zone: string;
  readonly withdraw: ((evidenceId: string) => void) | undefined;
}

/** What is attached. References are text: where they lead nobody has checked. */
export function EvidenceList({ ticketId, items, error, allowed, zone, withdraw }: EvidenceListProps) {
  if (!allowed) return <p className="quiet">Your role may not see evidence.</p>;
  if (!items) return error ? <Failed error={error} /> : <Loading what="the evidence" />;
  if (items.length === 0) return <p className="quiet">No evidence is attached.</p>;
  return (
    <ul className="evidence">
      {items.map((item) => (
        <li key={item.id} data-withdrawn={Boolean(item.withdrawn) || undefined}>
          {item.kind === 'PHOTO' && <Thumbnail ticketId={ticketId} item={item} />}
          <div className="evidence-text">
            <strong>
              {inWords(item.kind)}
              {typeof item.metadata?.evidence_key === 'string' && `: ${inWords(item.metadata.evidence_key)}`}
            </strong>
            {typeof item.metadata?.note === 'string' && <p className="timeline-note">{item.metadata.note}</p>}
            <span className="code">{item.uri}</span>
            <span className="quiet">
              {momentIn(zone, item.created_at)}
              {item.withdrawn ? ' · Withdrawn, counts for nothing' : ''}
            </span>
          </div>
          {withdraw && !item.withdrawn && (
            <Button kind="quiet" onPress={() => withdraw(item.id)}>
              Withdraw
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Milliseconds that a signed address is used for; the service signs them for longer. */
const SIGNED_MS = 60_000;

function Thumbnail({ ticketId, item }: { ticketId: string; item: Evidence }) {
  const { request } = useSession();
  const content = useQuery({
    queryKey: ['evidence', item.id],
    queryFn: async ({ signal }) =>
      (await request<{ url: string }>(`/tickets/${ticketId}/evidence/${item.id}/content`, { signal })).body,
    retry: false,
    staleTime: SIGNED_MS,
  });
  // Without a store, or with an object that is gone, the reference below speaks.
  if (!content.data) return null;
  return (
    <img
      src={content.data.url}
      alt={typeof item.metadata?.evidence_key === 'string' ? inWords(item.metadata.evidence_key) : 'Photo'}
      loading="lazy"
    />
  );
}
