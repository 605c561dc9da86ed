import { PRIORITIES, STATES } from '@dispatch/ticket';
import type { OpenAPIObject } from '@nestjs/swagger';

// What the schemas of answers are made of.

export type SchemaObject = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;

export const uuid: SchemaObject = { type: 'string', format: 'uuid' };
export const time: SchemaObject = { type: 'string', format: 'date-time' };
export const text: SchemaObject = { type: 'string' };
export const whole: SchemaObject = { type: 'integer', minimum: 0 };
export const open: SchemaObject = { type: 'object', additionalProperties: true };

/** OpenAPI 3.1 has no `nullable`: a type more says it. */
export const orNull = (schema: SchemaObject): SchemaObject => ({ oneOf: [schema, { type: 'null' }] });
export const list = (items: SchemaObject | { $ref: string }): SchemaObject => ({ type: 'array', items });
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
export const object = (
  properties: Record<string, SchemaObject | { $ref: string }>,
  optional: readonly string[] = [],
): SchemaObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

export const priority: SchemaObject = { type: 'string', enum: [...PRIORITIES] };
export const slaStatus: SchemaObject = { type: 'string', enum: ['breach', 'warning', 'healthy'] };
export const flag: SchemaObject = { type: 'boolean' };
export const integer: SchemaObject = { type: 'integer' };
export const state: SchemaObject = { type: 'string', enum: [...STATES] };
