import { inWords } from '../ui/words.js';
import { type AlertRow, runbookLink } from './answers.js';

/** What somebody should look at now, and the page that says how. */
export function Alerts({ alerts, runbooks }: { alerts: readonly AlertRow[]; runbooks: string | undefined }) {
  if (alerts.length === 0) return <p className="ops-empty">No alert is raised.</p>;
  return (
    <ul className="ops-alerts">
      {alerts.map((alert) => {
        const link = runbookLink(alert.runbook, runbooks);
        return (
          <li key={alert.code} data-severity={alert.severity}>
            <strong>{inWords(alert.code)}</strong>
            <span className="ops-badge" data-mood={alert.severity === 'critical' ? 'breach' : 'warning'}>
              {inWords(alert.severity)}
            </span>
            <span>
              {alert.count} now, raised at {alert.threshold}
              {alert.stale_minutes !== undefined && `; waiting for ${alert.stale_minutes} min or longer`}
            </span>
            {link ? (
              <a href={link}>What to do</a>
            ) : (
              <span className="ops-quiet">
                What to do: <span className="ops-code">{alert.runbook}</span>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
