import { type Acting, type Asked, contentHashOf, eventIdOf, type Provenance, provenance } from '@dispatch/commands';
import type { Expected, Json, JsonObject, NewEvent } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { type Instant, parseUuid, type Uuid } from '@dispatch/ticket';
import type { Random } from './random.js';

/** One append as the service would have made it. */
export interface Appending {
  readonly stream: string;
  readonly expected: Expected;
  readonly event: NewEvent;
}

export interface Request {
  readonly tool: string;
  readonly role: string;
  readonly actor: string;
  /** Ids of the path by name. */
  readonly path: Readonly<Record<string, string>>;
  /** In the domain's words or the wire's: it is recorded in the wire's. */
  readonly body: object;
  readonly at: Instant;
}

/** What a command of the past left beside its event: the id, and who asked what under which policy. */
export function asked(request: Request, policy: Policy, random: Random): { id: Uuid; metadata: Provenance } {
  const { tool, role, actor, path, body, at } = request;
  const row = policy.tool(tool) ?? policy.directoryTool(tool);
  if (!row || !policy.allows(role, tool)) throw new Error(`the policy lets no ${role} use ${tool}`);
  const asking: Asked = {
    tool,
    endpoint: `${row.method} ${row.path}`,
    actor: actingAs(actor, role),
    key: uuid(random),
    path,
    body: wire(body),
    correlationId: random.uuid(),
    traceId: random.uuid().replaceAll('-', ''),
  };
  const id = eventIdOf({ actorId: actor, endpoint: asking.endpoint, key: asking.key });
  // Made-up people need no keys: their events are as events were before anything was sealed.
  return { id, metadata: provenance(asking, contentHashOf(path, asking.body), at, policy.version) };
}

const actingAs = (id: string, role: string): Acting => ({ id, role, type: role === 'agent' ? 'AGENT' : 'HUMAN' });

export function uuid(random: Random): Uuid {
  const id = parseUuid(random.uuid());
  if (!id) throw new Error('not a UUID');
  return id;
}

/** In the wire's spelling, without what was left out. */
function wire(value: object): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]: [string, unknown]) => inner !== undefined && inner !== null)
      .map(([key, inner]: [string, Json]) => [snakeCase(key), spelled(inner)]),
  );
}

function spelled(value: Json): Json {
  if (Array.isArray(value)) return value.map(spelled);
  return value !== null && typeof value === 'object' ? wire(value) : value;
}

const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
