import type { ToolRow } from '@dispatch/policy';
import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  type ApiResponseOptions,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Row } from './admission.guard.js';
import { filterSchemas } from './reads/read-schemas.js';
import { answerOf, schemas } from './schemas.js';

/** What every route with a tool has in common on the page. */
export function Describes(
  /** `operationId`: of a route beside the tool whose row it goes by; the tool by default. */
  row: Row & { readonly title?: string; readonly roles: readonly string[]; readonly operationId?: string },
  answer: { readonly status: number; readonly schema: string | object; readonly headers?: typeof reflects },
): MethodDecorator {
  const params = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) =>
    ApiParam({ name, schema: { type: 'string', format: 'uuid' } }),
  );
  const key = ApiHeader({ name: 'Idempotency-Key', required: true, schema: { type: 'string', format: 'uuid' } });
  const schema = typeof answer.schema === 'string' ? { $ref: `#/components/schemas/${answer.schema}` } : answer.schema;
  return applyDecorators(
    ApiTags(row.tool.replace(/\..*/, '')),
    ApiOperation({
      operationId: row.operationId ?? row.tool,
      ...(row.title && { summary: row.title }),
      description: `Roles: ${row.roles.join(', ')}`,
    }),
    ...params,
    ...(row.mutating ? [key] : []),
    ApiResponse({ status: answer.status, description: 'Success', schema, headers: answer.headers }),
    ApiResponse({ status: 'default', description: 'Refused', schema: { $ref: '#/components/schemas/Error' } }),
  );
}

/** What a read takes: `filters` may be repeated or hold comma lists, the others stand there once. */
interface ReadParameters {
  readonly filters?: readonly string[];
  readonly ids?: readonly string[];
  readonly texts?: readonly string[];
  readonly page?: { readonly most: number; readonly usual: number };
}

/** The query parameters of a read. */
export function Takes({ filters = [], ids = [], texts = [], page }: ReadParameters): MethodDecorator {
  const once = (name: string, schema: object) => ApiQuery({ name, required: false, schema });
  const text = { type: 'string' } as const;
  return applyDecorators(
    ...filters.map((name) =>
      ApiQuery({ name, required: false, explode: true, schema: { type: 'array', items: filterSchemas[name] ?? text } }),
    ),
    ...ids.map((name) => once(name, { ...text, format: 'uuid' })),
    ...texts.map((name) => once(name, { ...text, minLength: 1, maxLength: 200 })),
    ...(page
      ? [once('limit', { type: 'integer', minimum: 1, maximum: page.most, default: page.usual }), once('cursor', text)]
      : []),
  );
}

/** A read that is answered from read models. */
export function DescribesRead(parameters: ReadParameters): MethodDecorator {
  return applyDecorators(
    Takes(parameters),
    ApiHeader({
      name: 'Dispatch-Min-Position',
      required: false,
      description: 'The answer must reflect the log up to this position, or it is 503 READ_MODEL_BEHIND',
      schema: { type: 'string', pattern: '^\\d{1,20}$' },
    }),
  );
}

/** The headers of an answer from read models. */
export const reflects = {
  'Dispatch-Position': { description: 'What the answer reflects of the log at least', schema: { type: 'string' } },
  'Dispatch-Stale': {
    description: 'There when the answer is behind what this node wrote, or a row of it is known to be',
    schema: { type: 'string', enum: ['true'] },
  },
} satisfies ApiResponseOptions['headers'];

/** A command of the tool table. */
export function DescribesTool(row: ToolRow, body: Type<object>): MethodDecorator {
  return applyDecorators(Describes(row, answerOf(row.tool)), ApiBody({ type: body }));
}

/** Serves the OpenAPI 3.1 document at /openapi.json and a page to read it at /docs. */
export function serveOpenApi(app: NestFastifyApplication, version: string): void {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Dispatch')
    .setDescription('Field-service tickets behind a closed set of commands')
    .setVersion(version)
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...schemas } };
  // Unknown fields are refused: see parse-body.ts.
  for (const schema of Object.values(document.components.schemas ?? {}))
    if ('type' in schema && schema.type === 'object' && schema.additionalProperties === undefined)
      schema.additionalProperties = false;
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' });
}
