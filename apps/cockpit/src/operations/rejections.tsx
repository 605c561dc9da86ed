import { Link } from 'wouter';
import { inWords } from '../ui/words.js';
import type { RejectionsAnswer } from './answers.js';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What this process refused: one line a request, without what was in it. */
export function Rejections({ rejections, since }: Pick<RejectionsAnswer, 'rejections' | 'since'>) {
  if (rejections.length === 0)
    return <p className="ops-empty">Nothing was refused since {clock.format(new Date(since))}.</p>;
  return (
    <div className="ops-scroll" tabIndex={0} role="region" aria-label="Table of refused requests">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Refused as</th>
            <th scope="col">Request</th>
            <th scope="col">Role</th>
            <th scope="col">Ticket</th>
          </tr>
        </thead>
        <tbody>
          {rejections.map((row, index) => (
            // Two alike can be refused within one millisecond.
            <tr key={`${row.at} ${index}`}>
              <td className="ops-number">
                <time dateTime={row.at}>{clock.format(new Date(row.at))}</time>
              </td>
              <td>
                {inWords(row.code)} <span className="ops-code">{row.status}</span>
              </td>
              <td className="ops-code">
                {row.method} {row.endpoint}
              </td>
              <td>{row.actor_role ?? '–'}</td>
              <td>
                {row.ticket_id ? (
                  <Link href={`/packet/${row.ticket_id}`} className="ops-code">
                    {row.ticket_id.slice(0, 8)}
                  </Link>
                ) : (
                  '–'
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
