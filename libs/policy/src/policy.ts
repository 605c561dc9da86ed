import type { CloseoutTemplate, OpenObject, Rejection, State, Ticket, Tool } from '@dispatch/ticket';
import { templatesFrom } from './closeout.js';
import { setOf } from './content.js';
import { checkWays, type Lifecycle, lifecycleFrom } from './lifecycle.js';
import { fingerprint, frozen } from './plain-data.js';
import { rolesFrom } from './roles.js';
import { CREATE, type DirectoryRow, rowsFrom, type ToolRow } from './rows.js';
import { type Sla, slaFrom } from './sla.js';

/**
 * Who may do what, from which state, how soon and with what evidence: one checked, frozen set of data. Every
 * answer fails closed: a role, tool or incident type that the set does not name may nothing and has nothing.
 */
export interface Policy {
  /** `sha256:<hex>` over the canonical JSON of {@link set}; stamped on each event. */
  readonly version: string;
  /** The whole set as plain data, as it is recorded in the log; `policyFrom(set)` is this policy again. */
  readonly set: OpenObject;
  /** The ticket tools in table order. */
  readonly tools: readonly ToolRow[];
  readonly directory: readonly DirectoryRow[];
  /** What an auditor reads to check the log. */
  readonly audit: readonly DirectoryRow[];
  /** Roles without their aliases. */
  readonly roles: readonly string[];
  readonly lifecycle: Lifecycle;
  readonly sla: Sla;
  /** Every closeout template, in table order. */
  readonly templates: readonly CloseoutTemplate[];
  /** Whether an emergency dispatch needs a manager's confirmation. */
  readonly bypassNeedsManager: boolean;

  readonly tool: (name: string) => ToolRow | undefined;
  readonly directoryTool: (name: string) => DirectoryRow | undefined;
  readonly auditTool: (name: string) => DirectoryRow | undefined;
  /** The role that an alias stands for, else the name itself. */
  readonly canonicalRole: (name: string) => string;
  /** Whether a role may call a tool of the ticket surface, the directory or the audit, whatever the ticket's state. */
  readonly allows: (role: string, tool: string) => boolean;
  /** The state's part of a decision: the refusal of a tool that may not act on the ticket as it stands. */
  readonly refuses: (
    tool: Tool,
    ticket: Pick<Ticket, 'state'> | undefined,
    role: string,
  ) => Rejection<'INVALID_STATE_TRANSITION'> | undefined;
  /** What a client needs to know to do better; completes a rule's own INVALID_STATE_TRANSITION. */
  readonly explain: (tool: Tool, ticket: Pick<Ticket, 'state'>, role: string) => Explanation;
  readonly template: (incidentType: string) => CloseoutTemplate | undefined;
  /** Whether a role may confirm a window that was not proposed. */
  readonly mayConfirmAnyWindow: (role: string) => boolean;
  /** Whether a role may see metrics and alerts where they are not open to everybody. */
  readonly mayOperate: (role: string) => boolean;
  /** Whether a role may have read models made anew. */
  readonly mayRebuild: (role: string) => boolean;
}

export interface Explanation {
  readonly allowed_from_states: readonly State[];
  /** The commands that the role may give in the ticket's present state, in table order. */
  readonly available_tools: readonly string[];
}

export interface PolicyOptions {
  /**
   * The set is one that was recorded: an earlier release lacks the rows of tools that came later, which it then
   * refuses as it refuses all that it does not name.
   */
  readonly recorded?: boolean;
}

/**
 * The policy that a set of files makes: contents by name without extension, each of the form its schema asks for
 * (as {@link loadPolicy} has checked, and as `set` of a policy is). Throws PolicyFault when they contradict each
 * other or the domain. Pure; the input is copied.
 */
export function policyFrom(files: Readonly<Record<string, unknown>>, { recorded = false }: PolicyOptions = {}): Policy {
  const { set, content } = setOf(files);
  const roles = rolesFrom(content.roles);
  const lifecycle = lifecycleFrom(content.lifecycle);
  const { tools, directory, audit } = rowsFrom(content, lifecycle.initial, roles, !recorded);
  checkWays(lifecycle, tools);
  const sla = slaFrom(content.sla);
  const templates = templatesFrom(content.closeout);
  const { emergency_bypass, schedule_confirm, operations } = content.guards;
  const anyWindow = new Set(
    roles.check(schedule_confirm.any_window_roles, 'guards.json', 'schedule_confirm', 'any_window_roles'),
  );
  const operators = new Set(roles.check(operations?.roles ?? [], 'guards.json', 'operations', 'roles'));
  const rebuilders = new Set(
    roles.check(operations?.rebuild_roles ?? [], 'guards.json', 'operations', 'rebuild_roles'),
  );
  return frozen({
    version: fingerprint(set),
    set,
    tools,
    directory,
    audit,
    roles: roles.roles,
    lifecycle,
    sla,
    templates: [...templates.values()],
    bypassNeedsManager: emergency_bypass.manager_confirmation_required,
    ...answersOf(tools, directory, audit, lifecycle.initial, roles.canonical),
    canonicalRole: roles.canonical,
    template: (incidentType) => templates.get(incidentType),
    mayConfirmAnyWindow: (role) => anyWindow.has(roles.canonical(role)),
    mayOperate: (role) => operators.has(roles.canonical(role)),
    mayRebuild: (role) => rebuilders.has(roles.canonical(role)),
  } satisfies Policy);
}

type Answers = Pick<Policy, 'tool' | 'directoryTool' | 'auditTool' | 'allows' | 'refuses' | 'explain'>;

function answersOf(
  tools: readonly ToolRow[],
  directory: readonly DirectoryRow[],
  audit: readonly DirectoryRow[],
  initial: State,
  canonicalRole: Policy['canonicalRole'],
): Answers {
  const rowOf = new Map(tools.map((row) => [row.tool, row]));
  const directoryRowOf = new Map(directory.map((row) => [row.tool, row]));
  const auditRowOf = new Map(audit.map((row) => [row.tool, row]));
  const rolesOf = (tool: string) => (rowOf.get(tool) ?? directoryRowOf.get(tool) ?? auditRowOf.get(tool))?.roles;

  const explain = (tool: Tool, state: State | undefined, role: string): Explanation => ({
    allowed_from_states: rowOf.get(tool)?.from ?? [],
    available_tools: tools
      .filter(({ from, roles }) => state && from.includes(state) && roles.includes(canonicalRole(role)))
      .map((row) => row.tool),
  });

  return {
    tool: (name) => rowOf.get(name),
    directoryTool: (name) => directoryRowOf.get(name),
    auditTool: (name) => auditRowOf.get(name),
    allows: (role, tool) => rolesOf(tool)?.includes(canonicalRole(role)) ?? false,
    refuses(tool, ticket, role) {
      const state = ticket?.state;
      const row = rowOf.get(tool);
      if (state ? row?.from.includes(state) : tool === CREATE) return undefined;
      const details = { from_state: state ?? null, to_state: row?.to[0] ?? state ?? initial };
      return { code: 'INVALID_STATE_TRANSITION', details: { ...details, ...explain(tool, state, role) } };
    },
    explain: (tool, ticket, role) => explain(tool, ticket.state, role),
  };
}
