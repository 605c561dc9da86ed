import type { Json, JsonObject } from '@dispatch/event-store';
import {
  type Attempt,
  dayOf,
  DENIALS,
  DENIED,
  isDenialCode,
  MOST_IN_EVENT,
  NOT_RECORDED,
  SCHEMA_VERSION,
} from './attempt.js';

/** Of an event: what says whether it may stand in a security stream. */
export interface Judged {
  readonly stream: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly at: string;
  readonly data: JsonObject;
}

/**
 * What is wrong with an event of a security stream: one of another type, of another day, or with anything in it beside
 * the fields that a refused attempt has. Undefined when all is well.
 */
export function denialFault({ stream, type, schemaVersion, at, data }: Judged): string | undefined {
  const day = dayOf(stream);
  if (day === undefined) return `${stream} is the stream of no day`;
  if (schemaVersion !== SCHEMA_VERSION || (type !== DENIED && type !== NOT_RECORDED))
    return `${type} of version ${schemaVersion} tells of no refused attempt`;
  if (!at.startsWith(day)) return `its time ${at} is of another day`;
  const fault = type === DENIED ? attemptsFault(data, day) : unrecordedFault(data, day);
  return fault && `${fault} is not what a refused attempt tells`;
}

function attemptsFault(data: JsonObject, day: string): string | undefined {
  const { attempts } = data;
  const other = strangerIn(data, ['attempts']);
  if (other) return other;
  if (!isList(attempts) || attempts.length === 0 || attempts.length > MOST_IN_EVENT) return 'attempts';
  for (const attempt of attempts) {
    const fault = isObject(attempt) ? attemptFault(attempt, day) : 'attempts';
    if (fault) return fault;
  }
  return undefined;
}

type Test = (value: Json | undefined) => boolean;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const WORD = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const TOOL = /^[a-z_]+\.[a-z_]+$/;
/** A template: names and parameters in braces. */
const ENDPOINT = /^(\/([a-z0-9._-]+|\{[A-Za-z]+\}|\*))*\/?$/i;
const NETWORK = /^[0-9a-f.:]{2,45}\/(24|48)$/;

const matches =
  (pattern: RegExp): Test =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
const isName: Test = (value) => typeof value === 'string' && value.length > 0 && value.length <= 200;
const isCount: Test = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A test for each field, and none for what is not a field. */
const ATTEMPT: { readonly [Name in keyof Attempt]: Test } = {
  at: isName,
  code: (value) => typeof value === 'string' && isDenialCode(value),
  dimension: isName,
  field: orNull(matches(WORD)),
  target_id: orNull(matches(UUID)),
  actor: orNull((value) => isObject(value) && isActor(value)),
  tool: orNull(matches(TOOL)),
  asked_tool: orNull(matches(TOOL)),
  method: matches(/^[A-Z]{3,7}$/),
  endpoint: (value) => typeof value === 'string' && value.length <= 200 && ENDPOINT.test(value),
  ticket_id: orNull(matches(UUID)),
  network: orNull(matches(NETWORK)),
};

function attemptFault(attempt: JsonObject, day: string): string | undefined {
  const wrong = wrongIn(attempt, ATTEMPT);
  if (wrong) return wrong;
  const { at, code, dimension } = attempt as unknown as Attempt;
  if (!at.startsWith(day)) return `at ${at}`;
  return DENIALS[code] === dimension ? undefined : 'dimension';
}

const isActor = (actor: JsonObject): boolean =>
  wrongIn(actor, { id: isName, role: orNull(isName), type: orNull(matches(WORD)) }) === undefined;

const isSource: Test = (value) =>
  isObject(value) &&
  wrongIn(value, { actor_id: orNull(isName), network: orNull(matches(NETWORK)), count: isCount }) === undefined;

const UNRECORDED: Readonly<Record<string, Test>> = {
  from: isName,
  to: isName,
  count: isCount,
  by_reason: (value) =>
    isObject(value) && wrongIn(value, { source: isCount, total: isCount, log: isCount }) === undefined,
  by_code: (value) => isObject(value) && Object.entries(value).every(([code, n]) => isDenialCode(code) && isCount(n)),
  sources: (value) => isList(value) && value.length <= 10 && value.every(isSource),
};

function unrecordedFault(data: JsonObject, day: string): string | undefined {
  const wrong = wrongIn(data, UNRECORDED);
  if (wrong) return wrong;
  const { from, to, count, by_reason: reasons, by_code: codes } = data;
  if (![from, to].every((at) => typeof at === 'string' && at.startsWith(day)))
    return `from ${JSON.stringify(from)} to ${JSON.stringify(to)}`;
  return [reasons, codes].every((one) => sum(one) === count) ? undefined : 'count';
}

const sum = (counts: Json | undefined): number =>
  isObject(counts) ? Object.values(counts).reduce<number>((total, one) => total + Number(one), 0) : 0;

/** The first field that is missing, wrong or a stranger. */
function wrongIn(object: JsonObject, tests: Readonly<Record<string, Test>>): string | undefined {
  for (const [name, test] of Object.entries(tests)) if (!test(object[name])) return name;
  return strangerIn(object, Object.keys(tests));
}

/** A stranger is not repeated: it may be anything. */
const strangerIn = (object: JsonObject, names: readonly string[]): string | undefined =>
  Object.keys(object).every((name) => names.includes(name)) ? undefined : 'a field that none has';

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
