import type { Actor } from '@dispatch/access';
import type { Refusal } from '@dispatch/commands';
import type { Policy, ToolRow } from '@dispatch/policy';
import { type CloseoutGap, dispatchable, rules, type Ticket, type Tool } from '@dispatch/ticket';
import { dimensions, type ErrorCode, messages } from '../error-codes.js';
import { outOfReach } from '../reach.js';
import { toolRow } from '../tool-row.js';

/** What a page may offer on a ticket, and why not. */
export interface Action {
  readonly action_id: string;
  readonly tool_name: string;
  /** With the ticket's id filled in. */
  readonly endpoint: string;
  readonly method: string;
  readonly mutating: boolean;
  readonly enabled: boolean;
  readonly policy_error: PolicyError | null;
}

export type PolicyError = { readonly code: ErrorCode; readonly message: string; readonly dimension: string } & object;

/** What decides about an action beside its tool. */
export interface Subject extends Pick<Ticket, 'id' | 'accountId' | 'siteId' | 'assignedTechId' | 'state' | 'priority'> {
  /** What the closeout lacks, where it has been judged. */
  readonly gap?: CloseoutGap | undefined;
}

/** The actions of a screen, in its order, with their tools. */
export const ROW_ACTIONS = {
  schedule_propose: 'schedule.propose',
  schedule_confirm: 'schedule.confirm',
  dispatch_assignment: 'assignment.dispatch',
  open_timeline: 'ticket.timeline',
  open_technician_packet: 'tech.job_packet',
} as const;
export const PACKET_ACTIONS = {
  check_in: 'tech.check_in',
  add_evidence: 'closeout.add_evidence',
  request_change: 'tech.request_change',
  complete_work: 'tech.complete',
  open_timeline: 'ticket.timeline',
  open_evidence: 'closeout.list_evidence',
} as const;

export type ActionsOn = (
  actions: Readonly<Record<string, string>>,
  actor: Actor,
  subject: Subject,
) => readonly Action[];

/**
 * Tells whether an actor may take each action on a ticket as it stands, by the checks that its command would meet:
 * role, scope, state. What depends on the command's own body cannot be told here.
 */
export function actionsBy(policy: Policy): ActionsOn {
  const stateError = stateErrors(policy);

  function errorOf(row: ToolRow, actor: Actor, subject: Subject): PolicyError | null {
    if (!policy.allows(actor.role, row.tool)) {
      const endpoint = `${row.method} ${row.path}`;
      return policyError('FORBIDDEN', `The role ${actor.role} may not use ${endpoint}`, { endpoint });
    }
    const tool = commands.find((one) => one === row.tool);
    const breach = outOfReach(actor, row.tool, tool ? subject : { ...subject, assignedTechId: undefined });
    if (breach) return refusalError({ code: 'FORBIDDEN_SCOPE', details: breach });
    if (!tool) return null;
    // The contract shows what is missing from the beginning, not only once the state allows to complete.
    if (tool === 'tech.complete' && subject.gap)
      return refusalError({ code: 'CLOSEOUT_REQUIREMENTS_INCOMPLETE', details: subject.gap });
    return stateError(tool, subject, actor.role);
  }

  return (actions, actor, subject) =>
    Object.entries(actions).map(([action_id, name]) => {
      const row = toolRow(policy, name);
      const policy_error = errorOf(row, actor, subject);
      return {
        action_id,
        tool_name: row.tool,
        endpoint: row.path.replace('{id}', subject.id),
        method: row.method,
        mutating: row.mutating,
        enabled: policy_error === null,
        policy_error,
      };
    });
}

type Command = Exclude<Tool, 'ticket.create'>;
const commands = Object.keys(rules) as readonly Command[];

/** Remembered, since a page of the queue asks the same few questions hundreds of times. Roles are the policy's here. */
function stateErrors(policy: Policy) {
  const known = new Map<string, PolicyError | null>();
  return (tool: Command, subject: Subject, role: string): PolicyError | null => {
    const key = `${tool} ${subject.state} ${subject.priority} ${role}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const refusal = policy.refuses(tool, subject, role) ?? withoutWay(policy, tool, subject, role);
    const error = refusal ? refusalError(refusal) : null;
    known.set(key, error);
    return error;
  };
}

/** A state from which the tool may act, but not on a ticket of this priority. */
function withoutWay(policy: Policy, tool: Command, subject: Subject, role: string): Refusal | undefined {
  if (tool !== 'assignment.dispatch' || dispatchable(subject)) return undefined;
  const details = {
    from_state: subject.state,
    to_state: 'DISPATCHED',
    ...policy.explain(tool, subject, role),
  } as const;
  return { code: 'INVALID_STATE_TRANSITION', details };
}

const refusalError = ({ code, details }: Refusal): PolicyError => policyError(code, messages[code], details);

const policyError = (code: ErrorCode, message: string, details: object): PolicyError => ({
  code,
  message,
  dimension: dimensions[code] ?? 'rule',
  ...details,
});
