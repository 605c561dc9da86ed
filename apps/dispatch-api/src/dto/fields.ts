import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { MAX_CENTS, parseCents, parseInstant, parseUuid } from '@dispatch/ticket';
import { Transform, Type as PartOf } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  getMetadataStorage,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** A class that bodies, or parts of them, are instances of. */
export type Class = Type<object>;

/**
 * The fields that bodies are made of. Each says one thing once: how it is checked, how it is brought into the
 * domain's form, and how the OpenAPI page shows it.
 */
interface Common {
  /** True, or whether the rest of the body lets it be absent: see {@link unless}. Null counts as absent. */
  readonly optional?: boolean | ((body: object) => boolean);
  readonly about?: string;
}

/** Optional unless another field of the body has this value. */
export const unless =
  (other: string, value: string) =>
  (body: object): boolean =>
    valueOf(body, other) !== value;

const valueOf = (body: object, name: string): unknown => Object.entries(body).find(([key]) => key === name)?.[1];
const absent = (value: unknown): boolean => value === undefined || value === null;

function field(common: Common, schema: object, ...checks: PropertyDecorator[]): PropertyDecorator {
  const { optional = false, about } = common;
  const mayBeAbsent = typeof optional === 'function' ? optional : () => optional;
  const property: object = { ...schema, required: optional === false, ...(about && { description: about }) };
  return applyDecorators(
    ApiProperty(property),
    ValidateIf((body: object, value: unknown) => !(absent(value) && mayBeAbsent(body))),
    IsDefined(),
    ...checks,
  );
}

/** A field that a parser of the domain makes: what it does not parse is refused with `message`. */
function parsed(name: string, parse: (value: unknown) => unknown, message: string): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => parse(value) ?? value),
    ValidateBy({
      name,
      validator: { validate: (value) => parse(value) !== undefined, defaultMessage: () => `$property ${message}` },
    }),
  );
}

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** Characters are counted after trimming, an astral character as one. */
export const Text = ({ min = 1, max = 2000, ...common }: Common & { min?: number; max?: number } = {}) =>
  field(common, { type: 'string', minLength: min, maxLength: max }, trimmed, IsString(), Length(min, max));

/** A word that is compared: trimmed and in upper case. */
export const Code = ({ max = 100, ...common }: Common & { max?: number } = {}) =>
  field(
    common,
    { type: 'string', minLength: 1, maxLength: max },
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().toUpperCase() : value)),
    IsString(),
    Length(1, max),
  );

export const Pattern = (pattern: RegExp, message: string, common: Common = {}) =>
  field(
    common,
    { type: 'string', pattern: pattern.source },
    IsString(),
    Matches(pattern, { message: `$property ${message}` }),
  );

export const Texts = ({
  min = 0,
  max,
  length = 500,
  ...common
}: Common & { min?: number; max: number; length?: number }) =>
  field(
    common,
    { type: 'array', minItems: min, maxItems: max, items: { type: 'string', minLength: 1, maxLength: length } },
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) ? value.map((item: unknown) => (typeof item === 'string' ? item.trim() : item)) : value,
    ),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    IsString({ each: true }),
    Length(1, length, { each: true }),
  );

export const Id = (common: Common = {}) =>
  field(common, { type: 'string', format: 'uuid' }, parsed('uuid', parseUuid, 'must be a UUID'));

export const Time = (common: Common = {}) =>
  field(
    common,
    { type: 'string', format: 'date-time' },
    parsed('instant', parseInstant, 'must be an ISO 8601 instant with its offset, such as 2026-03-01T09:00:00Z'),
  );

/** A time that must lie after another of the same body. */
export const TimeAfter = (other: string, common: Common = {}) =>
  applyDecorators(
    Time(common),
    ValidateBy({
      name: 'after',
      validator: {
        // A bad instant is refused by its own field.
        validate: (value, args) => {
          const end = parseInstant(value);
          const start = parseInstant(valueOf(args?.object ?? {}, other));
          return !start || !end || end > start;
        },
        defaultMessage: () => `$property must be after ${other}`,
      },
    }),
  );

export const Money = (common: Common = {}) =>
  field(
    common,
    { type: 'integer', minimum: 0, maximum: MAX_CENTS },
    parsed('cents', parseCents, `must be an integer number of cents from 0 to ${MAX_CENTS}`),
  );

export const Whole = ({ min, max, ...common }: Common & { min: number; max: number }) =>
  field(common, { type: 'integer', minimum: min, maximum: max }, IsInt(), Min(min), Max(max));

export const Quantity = ({ max, ...common }: Common & { max: number }) =>
  field(
    common,
    { type: 'number', exclusiveMinimum: 0, maximum: max },
    IsNumber({ allowInfinity: false, allowNaN: false }),
    ValidateBy({
      name: 'positive',
      validator: { validate: (value) => Number(value) > 0, defaultMessage: () => '$property must be more than 0' },
    }),
    Max(max),
  );

export const Flag = (common: Common = {}) => field(common, { type: 'boolean' }, IsBoolean());

export const OneOf = (values: readonly string[], common: Common = {}) =>
  field(common, { type: 'string', enum: values }, IsIn([...values]));

/** As it came: class-transformer must not rebuild what is the sender's own. */
const raw = Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** class-validator looks into lists in place of objects, and finds nothing wrong with an empty one. */
const AnObject = () =>
  ValidateBy({
    name: 'object',
    validator: { validate: isObject, defaultMessage: () => '$property must be an object' },
  });
const ListOfObjects = () =>
  ValidateBy({
    name: 'objects',
    validator: {
      validate: (value) => Array.isArray(value) && value.every(isObject),
      defaultMessage: () => '$property must be an array of objects',
    },
  });

/** An object whose keys are the sender's business. */
export const OpenField = (common: Common = {}) =>
  field(common, { type: 'object', additionalProperties: true }, raw, AnObject());

export const OpenFields = ({ max, ...common }: Common & { max: number }) =>
  field(
    common,
    { type: 'array', maxItems: max, items: { type: 'object', additionalProperties: true } },
    raw,
    IsArray(),
    ArrayMaxSize(max),
    ListOfObjects(),
  );

/** Keys with true or false. */
export const Booleans = ({ max = 200, ...common }: Common & { max?: number } = {}) =>
  field(
    common,
    { type: 'object', maxProperties: max, additionalProperties: { type: 'boolean' } },
    raw,
    ValidateBy({
      name: 'booleans',
      validator: {
        validate: (value) =>
          isObject(value) &&
          Object.keys(value).length <= max &&
          Object.values(value).every((item) => typeof item === 'boolean'),
        defaultMessage: () => `$property must be an object of at most ${max} keys with true or false`,
      },
    }),
  );

/** The classes of fields that are parts, or lists of parts, by the prototype of their body. */
const parts = new Map<object, Map<string | symbol, () => Class>>();

const part = (of: () => Class) =>
  applyDecorators(PartOf(of), (body: object, field: string | symbol) => {
    parts.set(body, (parts.get(body) ?? new Map<string | symbol, () => Class>()).set(field, of));
  });

/** The class of a field that is a part, or a list of parts; undefined for other fields. */
export const partOf = (of: Class, field: string): Class | undefined => parts.get(prototypeOf(of))?.get(field)?.();

const prototypeOf = ({ prototype }: { readonly prototype: object }): object => prototype;

const fields = new Map<Class, ReadonlySet<string>>();

/** The names of all fields of a class. */
export function fieldsOf(of: Class): ReadonlySet<string> {
  const known =
    fields.get(of) ??
    new Set(
      getMetadataStorage()
        .getTargetValidationMetadatas(of, '', false, false)
        .map(({ propertyName }) => propertyName),
    );
  fields.set(of, known);
  return known;
}

export const Nested = (of: () => Class, common: Common = {}) =>
  field(common, { type: () => of() }, part(of), AnObject(), ValidateNested());

export const NestedList = (of: () => Class, { min = 0, max, ...common }: Common & { min?: number; max: number }) =>
  field(
    common,
    { type: () => of(), isArray: true, minItems: min, maxItems: max },
    part(of),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    ListOfObjects(),
    ValidateNested({ each: true }),
  );

/** Links such as US/Pacific are zones too, and not among Intl's canonical names. */
function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** A time zone that this runtime knows. */
export const Zone = (common: Common = {}) =>
  field(
    common,
    { type: 'string' },
    ValidateBy({
      name: 'zone',
      validator: {
        validate: (value) => typeof value === 'string' && isZone(value),
        defaultMessage: () => '$property must be an IANA time zone such as America/Chicago',
      },
    }),
  );
