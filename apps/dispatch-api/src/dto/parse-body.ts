import type { Json } from '@dispatch/event-store';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';

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
  const instance = plainToInstance(of, given);
  const ignored = ignoredIn(given, instance, '');
  if (ignored) return { fields: [ignored] };
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return errors.length > 0 ? { fields: faultsOf(errors, '') } : { checked: instance };
}

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

/**
 * The first member of a body that its instance lacks: class-transformer leaves out, without a word, what every object
 * has as a method, such as toString.
 */
function ignoredIn(given: object, instance: object, place: string): FieldFault | undefined {
  for (const [key, member] of Object.entries(given)) {
    const at = memberOf(given, place, key);
    if (!Object.hasOwn(instance, key)) return { field: at, message: `${at} is not a known field` };
    const taken: unknown = Reflect.get(instance, key);
    const rebuilt = isObject(member) && isObject(taken) && taken !== member;
    const ignored = rebuilt ? ignoredIn(member, taken, at) : undefined;
    if (ignored) return ignored;
  }
  return undefined;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const memberOf = (parent: object, place: string, key: string): string =>
  Array.isArray(parent) ? `${place}[${key}]` : place ? `${place}.${key}` : key;

function faultsOf(errors: readonly ValidationError[], place: string): FieldFault[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const field = /^\d+$/.test(property) ? `${place}[${property}]` : place ? `${place}.${property}` : property;
    // The names of fields in messages of the library are without their place.
    const messages = Object.entries(constraints).map(([rule, message]) =>
      rule === 'whitelistValidation' ? `${field} is not a known field` : message.replace(property, field),
    );
    const [message] = messages;
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
