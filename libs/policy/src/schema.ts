import { type AnySchemaObject, Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { PolicyFault } from './fault.js';

/** Throws the first fault of a file's content against the schema that stands beside it. */
export type ShapeCheck = (file: string, content: unknown, schema: unknown) => void;

/** A check for the files of one set: what it has compiled is shared between them. */
export function shapeCheck(): ShapeCheck {
  // Relaxed: `required` and `properties` of a then-branch speak of what is declared beside the `if`.
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, verbose: true });
  return (file, content, schema) => {
    const valid = compile(ajv, schemaOf(file), schema);
    if (valid(content)) return;
    // A failed if/then reports the branch's own error first, then itself, which says nothing.
    const error = valid.errors?.find(({ keyword }) => keyword !== 'if');
    throw error ? faultOf(file, error) : new PolicyFault(file, '', 'is not what its schema asks for');
  };
}

/** `tools.json` → `tools.schema.json`. */
export const schemaOf = (file: string): string => file.replace(/\.json$/, '.schema.json');

function compile(ajv: Ajv2020, file: string, schema: unknown): ValidateFunction {
  // `{}` and `true` are schemas too, and let everything pass.
  if (!isSchema(schema)) throw new PolicyFault(file, '', 'is not a JSON Schema of an object');
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new PolicyFault(file, '', error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error));
  }
}

const isSchema = (value: unknown): value is AnySchemaObject =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';

function faultOf(
  file: string,
  { keyword, instancePath, params, data, propertyName, ...rest }: ErrorObject,
): PolicyFault {
  const shown = JSON.stringify(propertyName ?? data);
  const at = (what: string, place = instancePath) => new PolicyFault(file, place, what);
  switch (keyword) {
    case 'additionalProperties':
      return at(`unknown key '${params.additionalProperty}'`);
    case 'required':
      return at(`missing key '${params.missingProperty}'`);
    case 'uniqueItems':
      return at(`the same as item ${params.j}`, `${instancePath}/${params.i}`);
    case 'minItems':
      return at('must not be empty');
    case 'enum':
      return at(`${shown} is none of ${[params.allowedValues].flat().join(', ')}`);
    case 'const':
      return at(`${shown} must be ${JSON.stringify(params.allowedValue)}`);
    case 'false schema':
      return at('does not belong here');
    case 'pattern':
      return at(`${shown} does not match ${params.pattern}`);
    default:
      return at(`${rest.message ?? keyword}`);
  }
}
