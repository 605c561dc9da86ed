import { Icon } from './icons.js';
import { addressLines, mapsLink, telLink } from './links.js';
import type { Packet } from './packet.js';
import { Card } from './parts.js';
import type { Job } from './use-job.js';
import { momentText, windowText } from './when.js';
import { dollars } from '../ui/money.js';
import { inWords } from '../ui/words.js';

/** What it is, how urgent, and when. */
export function Head({ job }: { job: Job }) {
  const { header, site_and_access: site, work_scope: scope } = job.packet;
  const when = windowText(header.scheduled_window, site.timezone, Date.now());
  return (
    <header className="pk-head">
      <p className="pk-print-only">Job {header.ticket_id}</p>
      <p className="pk-badges">
        <span className="pk-badge" data-priority={header.priority}>
          {inWords(header.priority)}
        </span>
        <span className="pk-badge pk-badge-state">
          {inWords(job.expected.state)}
          {job.expected.stateWaits && <span className="pk-tag"> once sent</span>}
        </span>
      </p>
      <h1>{scope.summary}</h1>
      {header.incident_type && <p className="pk-quiet">{inWords(header.incident_type)}</p>}
      <p className="pk-when">
        <Icon name="clock" />
        <span>
          {when ?? 'No window agreed'}
          {when && <span className="pk-quiet"> at the site</span>}
        </span>
      </p>
    </header>
  );
}

/** Where it is, how to get in, whom to call. */
export function Site({ packet }: { packet: Packet }) {
  const { site_name, address, access_instructions, onsite_contact: contact } = packet.site_and_access;
  const maps = mapsLink(address, navigator.userAgent);
  const lines = addressLines(address);
  const call = contact && telLink(contact.phone);
  return (
    <Card id="site" title="Where">
      <address className="pk-address">
        {site_name && <strong>{site_name}</strong>}
        {lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
        {lines.length === 0 && <span>The site’s address is not known here.</span>}
      </address>
      {maps && (
        <a className="pk-button pk-button-plain no-print" href={maps} target="_blank" rel="noopener noreferrer">
          <Icon name="pin" />
          <span>Open in maps</span>
        </a>
      )}
      <h3>Access</h3>
      <p className="pk-text">{access_instructions || 'No instructions were given.'}</p>
      <h3>Contact on site</h3>
      {contact ? (
        <>
          <p>
            <strong>{contact.name}</strong>
            {contact.role && <span className="pk-quiet"> · {contact.role}</span>}
            {contact.phone && <span className="pk-phone">{contact.phone}</span>}
          </p>
          {call && (
            <a className="pk-button pk-button-plain no-print" href={call}>
              <Icon name="phone" />
              <span>Call {contact.name}</span>
            </a>
          )}
        </>
      ) : (
        <p>Nobody is named for this site.</p>
      )}
    </Card>
  );
}

/** What is to be done, and up to what cost. */
export function Scope({ packet }: { packet: Packet }) {
  const { customer_description, nte_cents, authorized_scope_constraints } = packet.work_scope;
  // The first one says the limit once more.
  const constraints = authorized_scope_constraints.slice(1);
  return (
    <Card id="scope" title="Work">
      {customer_description && <p className="pk-text">{customer_description}</p>}
      <p className="pk-limit">
        <span className="pk-quiet">Not to exceed</span>
        <strong>{dollars(nte_cents)}</strong>
      </p>
      {constraints.length > 0 && (
        <ul className="pk-plain">
          {constraints.map((line, index) => (
            // Two changes may be worded alike.
            <li key={`${index} ${line}`}>{line}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function History({ packet }: { packet: Packet }) {
  const { timezone } = packet.site_and_access;
  return (
    <details className="pk-card pk-history">
      <summary>
        <h2>History</h2>
      </summary>
      <ol>
        {packet.timeline.latest_events.toReversed().map((event) => (
          <li key={event.id}>
            <span>{inWords(event.type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' '))}</span>
            <span className="pk-quiet">
              {momentText(event.created_at, timezone, Date.now())} · {event.actor_role}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
