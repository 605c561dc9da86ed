import { worded } from './names.js';
import type { Surface, Tool } from './surface.js';
import { at, isRecord, list } from './api-page.js';

/** Why the bridge could not do a call (docs/guides/agents.md). */
export type RefusalCode =
  | 'UNKNOWN_TOOL'
  | 'TOOL_ROLE_FORBIDDEN'
  | 'INVALID_REQUEST'
  | 'INVALID_TICKET_ID'
  | 'DISPATCH_API_ERROR'
  | 'DISPATCH_API_TIMEOUT'
  | 'DISPATCH_API_UNREACHABLE';

/** The ids by which a call is found again, in the log lines and in the ticket's timeline. */
export interface CallIds {
  readonly tool: string;
  readonly request_id: string;
  readonly correlation_id: string;
}

export interface Done extends CallIds {
  readonly ok: true;
  /** The call was done before, and this is its first answer again. */
  readonly replayed: boolean;
  /** There when the API says that its lists are behind the log. */
  readonly stale?: true;
  /** As the API answers. */
  readonly result: unknown;
  /** What the role may do to the ticket in its present state; there where the answer shows that state. */
  readonly available_tools?: readonly string[];
  readonly untrusted: Untrusted;
}

export interface Refused extends CallIds {
  readonly ok: false;
  readonly error: RefusalBody;
  readonly untrusted: Untrusted;
}

/** Places, as JSON pointers with `*` for any item or key, where text is that is data only. */
export interface Untrusted {
  readonly notice: string;
  readonly fields: readonly string[];
}

export interface RefusalBody {
  readonly code: RefusalCode;
  readonly message: string;
  /** What would make it succeed. */
  readonly advice: string;
  /** The tools that the role may use now, or that help. */
  readonly available_tools?: readonly string[];
  /** The API's whole error, or null when its answer held none. */
  readonly dispatch_error?: unknown;
  readonly [detail: string]: unknown;
}

export type Outcome = Done | Refused;

/** What a refusal is made of, before it is tied to a call. */
export type Refusal = { readonly code: RefusalCode; readonly message: string } & Readonly<Record<string, unknown>>;

export function refused(surface: Surface, ids: CallIds, role: string, { code, message, ...details }: Refusal): Refused {
  const dispatch = at(details['dispatch_error'], 'code');
  const { guidance } = surface;
  const words =
    (typeof dispatch === 'string' && Object.hasOwn(guidance.codes, dispatch) ? guidance.codes[dispatch] : undefined) ??
    guidance.codes[code];
  const available = availableTools(surface, role, details, words?.tools ?? []);
  return {
    ok: false,
    ...ids,
    error: {
      code,
      message,
      advice: worded(words?.advice ?? '', surface.shown),
      ...(available.length > 0 && { available_tools: available }),
      ...details,
    },
    untrusted: { notice: guidance.untrusted, fields: ['/error/dispatch_error'] },
  };
}

/** What the API says is available in the ticket's state, and those of the tools that help which the role may use. */
function availableTools(
  { policy, shown }: Surface,
  role: string,
  details: Readonly<Record<string, unknown>>,
  helping: readonly string[],
): readonly string[] {
  const known = [...list(at(details['dispatch_error'], 'available_tools')), ...helping].filter(
    (tool): tool is string => typeof tool === 'string' && policy.allows(role, tool),
  );
  return [...new Set(known)].map(shown);
}

export function done(
  surface: Surface,
  tool: Tool,
  ids: CallIds,
  role: string,
  result: unknown,
  { replayed, stale }: { readonly replayed: boolean; readonly stale: boolean },
): Done {
  const ticket = ticketIn(result);
  const state = surface.policy.lifecycle.states.find((one) => one === at(ticket, 'state'));
  const available = state && toolsIn(surface, state, role);
  return {
    ok: true,
    ...ids,
    replayed,
    ...(stale && { stale }),
    result,
    ...(available && { available_tools: available }),
    untrusted: {
      notice: surface.guidance.untrusted,
      fields: tool.untrusted.filter((place) => place.startsWith('/result')),
    },
  };
}

/** The ticket that an answer is or holds. */
export const ticketIn = (result: unknown): unknown => {
  const inner = at(result, 'ticket') ?? result;
  return isRecord(inner) && 'state' in inner && 'version' in inner ? inner : undefined;
};

const toolsIn = (
  { policy, shown }: Surface,
  state: Parameters<Surface['policy']['explain']>[1]['state'],
  role: string,
) =>
  policy.tools
    .filter((row) => row.from.includes(state) && policy.allows(role, row.tool))
    .map(({ tool }) => shown(tool));
