import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { isRecord, list, record, type Schema } from './api-page.js';

/** What is wrong with one argument; `field` is its place, such as `options[0].end`. */
export interface ArgumentFault {
  readonly field: string;
  readonly message: string;
}

/** One fault an argument, and no more than are worth reading. */
export type ArgumentCheck = (args: Readonly<Record<string, unknown>>) => readonly ArgumentFault[];

const FAULTS_SHOWN = 20;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

const ajv = new Ajv2020({ strict: false, allErrors: false });
ajv.addFormat('uuid', UUID);
ajv.addFormat('date-time', true);

/**
 * Checks arguments against a tool's own input schema. Each stands alone and is left at its first fault, so that a
 * megabyte of nonsense costs no more than its reading. Whether a time is one, the API decides: it takes every ISO
 * 8601 instant.
 */
export function argumentCheck(schema: Schema): ArgumentCheck {
  const checks = new Map(
    Object.entries(record(schema['properties'])).map(([name, property]) => [name, ajv.compile(record(property))]),
  );
  const required = list(schema['required']).map(String);
  return (args) => {
    const faults: ArgumentFault[] = required
      .filter((name) => !Object.hasOwn(args, name))
      .map((field) => ({ field, message: `${field} is required` }));
    for (const [name, value] of Object.entries(args)) {
      if (faults.length >= FAULTS_SHOWN) break;
      const check = checks.get(name);
      if (!check) faults.push({ field: shortened(name), message: `${shortened(name)} is not a known field` });
      else if (!check(value)) faults.push(faultOf(name, check.errors?.[0]));
    }
    return faults;
  };
}

function faultOf(name: string, error: ErrorObject | undefined): ArgumentFault {
  const { instancePath = '', params, message = 'is not valid' } = error ?? {};
  const field = `${name}${instancePath.replace(/\/(\d+)/g, '[$1]').replaceAll('/', '.')}`;
  const stranger = record(params)['additionalProperty'];
  if (typeof stranger === 'string') return { field, message: `${field} has no member ${shortened(stranger)}` };
  const allowed = record(params)['allowedValues'];
  if (Array.isArray(allowed)) return { field, message: `${field} must be one of ${allowed.join(', ')}` };
  return { field: shortened(field), message: `${shortened(field)} ${message}` };
}

const shortened = (text: string): string => text.slice(0, 100).toWellFormed();

/** The arguments of a call; undefined when they are no object. */
export function argumentsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return value === undefined ? {} : isRecord(value) ? value : undefined;
}
