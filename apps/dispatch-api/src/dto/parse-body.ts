import type { Json } from '@dispatch/event-store';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { type Class, fieldsOf, partOf } from './fields.js';

/** What is wrong with one field; `field` is its place, such as `options[0].end`, or `body`. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export type Parsed<Body> = { readonly checked: Body } | { readonly fields: readonly FieldFault[] };

/**
 * A body as an instance of its class, checked: unknown fields, texts that the log could not keep and everything
 * that a field says of itself. An absent body counts as an empty one.
 */
export function parseBody<Body extends object>(of: new () => Body, body: Json | undefined): Parsed<Body> {
  const given = body === undefined ? {} : body;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { fields: [{ field: 'body', message: 'body must be a JSON object' }] };
  const unfit = unfitFor(given, '');
  if (unfit) return { fields: [unfit] };
  const [long] = Object.entries(given).find(([, list]) => Array.isArray(list) && list.length > LIST_LIMIT) ?? [];
  if (long !== undefined) {
    const field = memberOf(given, '', long);
    return { fields: [{ field, message: `${field} must contain no more than ${LIST_LIMIT} elements` }] };
  }
  const strangers = strangersIn(of, given, '').take(FAULTS_SHOWN).toArray();
  if (strangers.length === FAULTS_SHOWN) return { fields: strangers };
  const instance = plainToInstance(of, given);
  const errors = validateSync(instance, { forbidUnknownValues: true });
  const faults = [...strangers, ...faultsOf(errors, '')];
  return faults.length > 0 ? { fields: faults.slice(0, FAULTS_SHOWN) } : { checked: instance };
}

/** A body that is wrong in thousands of places is told the first ones. */
const FAULTS_SHOWN = 20;
/** Items; every list has a lower limit of its own, which is checked only after its parts were built. */
const LIST_LIMIT = 1_000;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
// NUL cannot stand in Postgres text; half a surrogate pair cannot be written as UTF-8.
const UNFIT_TEXT = /\0/;

/** The first thing in a body that could not be kept as it is. */
function unfitFor(value: unknown, place: string): FieldFault | undefined {
  const field = place || 'body';
  if (typeof value === 'string') {
    const fit = value.isWellFormed() && !UNFIT_TEXT.test(value);
    return fit ? undefined : { field, message: `${field} must be well-formed Unicode without NUL` };
  }
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : { field, message: `${field} is too large a number` };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const at = memberOf(value, place, key);
    if (FORBIDDEN_KEYS.has(key)) return { field: at, message: `${at} is not allowed as a key` };
    const unfit = (Array.isArray(value) ? undefined : unfitFor(key, at)) ?? unfitFor(member, at);
    if (unfit) return unfit;
  }
  return undefined;
}

/** Members of a body that its class does not know: a body of nonsense is told by them before anything is built of it. */
function* strangersIn(of: Class, given: object, place: string): Generator<FieldFault, void> {
  const known = fieldsOf(of);
  for (const [key, member] of Object.entries(given)) {
    const field = memberOf(given, place, key);
    const part = partOf(of, key);
    if (!known.has(key)) yield { field, message: `${field} is not a known field` };
    else if (part && Array.isArray(member))
      for (const [index, item] of member.entries())
        yield* isObject(item) ? strangersIn(part, item, `${field}[${index}]`) : [];
    else if (part && isObject(member)) yield* strangersIn(part, member, field);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The place of a member, with keys cut to a length that is fit to be shown. */
const memberOf = (parent: object, place: string, key: string): string => {
  if (Array.isArray(parent)) return `${place}[${key}]`;
  const name = key.slice(0, 100).toWellFormed();
  return place ? `${place}.${name}` : name;
};

function faultsOf(errors: readonly ValidationError[], place: string): FieldFault[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const field = /^\d+$/.test(property) ? `${place}[${property}]` : place ? `${place}.${property}` : property;
    // The names of fields in messages of the library are without their place.
    const [message] = Object.values(constraints).map((text) => text.replace(property, field));
    return [...(message === undefined ? [] : [{ field, message }]), ...faultsOf(children, field)];
  });
}

/** A checked body in the domain's spelling, without what is absent. Open fields keep their own keys. */
export function inputOf(body: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]: [string, unknown]) => [camelCase(key), spelled(value)]),
  );
}

/** Parts of a body are instances of classes; what is the sender's own is plain. */
function spelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelled);
  const part = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype;
  return part ? inputOf(value) : value;
}

const camelCase = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
