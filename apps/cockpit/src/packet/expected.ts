import type { Entry } from '../outbox/entry.js';
import { type Action, type Packet, type PolicyError, SIGNATURE_KEY, type ToolRow } from './packet.js';

/** A packet as it will be once everything that waits has arrived. */
export interface Expected {
  readonly state: string;
  /** Whether the state is not yet what the service has. */
  readonly stateWaits: boolean;
  readonly evidence: readonly Required[];
  readonly checklist: readonly Required[];
  readonly noSignatureReason: string | null;
  /** What the closeout still lacks, in the order of the page. */
  readonly missing: readonly Missing[];
  /** References that do not name an object of the store: to be withdrawn and taken again. */
  readonly invalidReferences: readonly string[];
  /** The incident type has a template; without one nothing can be completed. */
  readonly hasTemplate: boolean;
}

export interface Required {
  readonly key: string;
  readonly met: 'yes' | 'waiting' | 'no';
}

export interface Missing {
  readonly what: 'evidence' | 'signature' | 'checklist' | 'reference' | 'template';
  readonly key: string;
}

/** Entries of this ticket alone, oldest first. What was refused changes nothing. */
export function expectedOf(packet: Packet, entries: readonly Entry[], tools: readonly ToolRow[]): Expected {
  const waiting = entries.filter(({ refusal }) => !refusal);
  const state = waiting.reduce((before, entry) => stateAfter(before, entry, tools), packet.header.current_state);
  const adding = waiting.filter(({ upload, body }) => upload !== undefined || typeof body.uri === 'string');
  const signing = adding.some(({ body }) => body.kind === 'SIGNATURE' || body.evidence_key === SIGNATURE_KEY);
  const ticked = tickedBy(waiting);
  const reason = reasonOf(waiting) ?? packet.closeout_gate.no_signature_reason;

  const evidence = packet.evidence_requirements.required_evidence.map(({ key, present }): Required => {
    if (present) return { key, met: 'yes' };
    const waits =
      key === SIGNATURE_KEY ? signing || reason !== null : adding.some(({ body }) => body.evidence_key === key);
    return { key, met: waits ? 'waiting' : 'no' };
  });
  const checklist = packet.checklist.required_items.map(({ key, checked }): Required => {
    const will = ticked[key] ?? checked;
    return { key, met: !will ? 'no' : checked ? 'yes' : 'waiting' };
  });
  const hasTemplate = packet.closeout_gate.template_version !== null;
  const invalidReferences = packet.closeout_gate.invalid_evidence_refs;
  return {
    state,
    stateWaits: state !== packet.header.current_state,
    evidence,
    checklist,
    noSignatureReason: reason,
    invalidReferences,
    hasTemplate,
    missing: [
      ...(hasTemplate ? [] : [{ what: 'template' as const, key: packet.header.incident_type ?? '' }]),
      ...invalidReferences.map((key) => ({ what: 'reference' as const, key })),
      ...unmet(evidence).map((key) => ({
        what: key === SIGNATURE_KEY ? ('signature' as const) : ('evidence' as const),
        key,
      })),
      ...unmet(checklist).map((key) => ({ what: 'checklist' as const, key })),
    ].toSorted((a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what)),
  };
}

/** As work goes: what is wrong, then photos and notes, the checklist, and the customer's name under it. */
const ORDER: readonly Missing['what'][] = ['template', 'reference', 'evidence', 'checklist', 'signature'];

const unmet = (required: readonly Required[]) => required.filter(({ met }) => met === 'no').map(({ key }) => key);

/** As the policy's table has it; only a guess of where the ticket will be, which the service may decide otherwise. */
function stateAfter(state: string, { tool, body }: Entry, tools: readonly ToolRow[]): string {
  const row = tools.find(({ tool_name }) => tool_name === tool);
  if (!row?.to_states?.length || !row.from_states.includes(state)) return state;
  // The one tool with two ways: a return visit goes back to scheduling.
  return (body.return_visit === true ? row.to_states.at(-1) : row.to_states[0]) ?? state;
}

function tickedBy(entries: readonly Entry[]): Readonly<Record<string, unknown>> {
  const lists = entries.map(({ body }) => body.items ?? body.checklist_status);
  return Object.assign({}, ...lists.filter((list) => typeof list === 'object')) as Record<string, unknown>;
}

function reasonOf(entries: readonly Entry[]): string | undefined {
  const { body } = entries.findLast((entry) => typeof entry.body.no_signature_reason === 'string') ?? {};
  return body && typeof body.no_signature_reason === 'string' ? body.no_signature_reason : undefined;
}

/** Whether something may be done, and the reason where it may not. */
export interface May {
  readonly endpoint: string;
  readonly enabled: boolean;
  readonly why: PolicyError | null;
}

/**
 * The server's word, as long as nothing waits that would change the state. After that what the table says of the state
 * expected; a role or a scope that was refused stays refused. Undefined: the server does not name the tool.
 */
export function may(
  tool: string,
  actions: readonly Action[],
  expected: Expected,
  tools: readonly ToolRow[],
): May | undefined {
  const action = actions.find(({ tool_name }) => tool_name === tool);
  if (!action) return undefined;
  const { endpoint, enabled, policy_error: why } = action;
  const dimension = why?.dimension;
  const row = tools.find(({ tool_name }) => tool_name === tool);
  if (!expected.stateWaits || !row || dimension === 'role' || dimension === 'scope') return { endpoint, enabled, why };
  if (row.from_states.includes(expected.state)) return { endpoint, enabled: true, why: null };
  return {
    endpoint,
    enabled: false,
    why: {
      code: 'INVALID_STATE_TRANSITION',
      message: 'Not possible in the state that the job will have',
      dimension: 'state',
      allowed_from_states: row.from_states,
      from_state: expected.state,
    },
  };
}
