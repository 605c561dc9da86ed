import { PRIORITIES, type Priority } from '@dispatch/ticket';
import type { PolicyFiles } from './content.js';
import { PolicyFault, pointer } from './fault.js';
import { tableOf } from './names.js';

export interface Sla {
  /** Minutes from the SLA base to the deadline. */
  readonly targetMinutes: Readonly<Record<Priority, number>>;
  /** At so many minutes left, or fewer, the ticket is in warning. */
  readonly warningMinutes: number;
}

export function slaFrom({ target_minutes, warning_minutes }: PolicyFiles['sla']): Sla {
  const at = (priority: string) => pointer('target_minutes', priority);
  const targets = new Map(Object.entries(target_minutes));
  const targetMinutes = tableOf(PRIORITIES, (priority) => {
    const minutes = targets.get(priority);
    if (minutes === undefined) throw new PolicyFault('sla.json', at(priority), `no target for priority '${priority}'`);
    targets.delete(priority);
    return minutes;
  });
  for (const other of targets.keys()) throw new PolicyFault('sla.json', at(other), `unknown priority '${other}'`);
  return { targetMinutes, warningMinutes: warning_minutes };
}
