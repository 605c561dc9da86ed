import type { ToolRow } from '@dispatch/policy';
import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Row } from './admission.guard.js';
import { answerOf, schemas } from './schemas.js';

/** What every route with a tool has in common on the page. */
export function Describes(
  row: Row & { readonly title?: string; readonly roles: readonly string[] },
  answer: { readonly status: number; readonly schema: string | object },
): MethodDecorator {
  const params = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) =>
    ApiParam({ name, schema: { type: 'string', format: 'uuid' } }),
  );
  const key = ApiHeader({ name: 'Idempotency-Key', required: true, schema: { type: 'string', format: 'uuid' } });
  const schema = typeof answer.schema === 'string' ? { $ref: `#/components/schemas/${answer.schema}` } : answer.schema;
  return applyDecorators(
    ApiTags(row.tool.replace(/\..*/, '')),
    ApiOperation({
      operationId: row.tool,
      ...(row.title && { summary: row.title }),
      description: `Roles: ${row.roles.join(', ')}`,
    }),
    ...params,
    ...(row.mutating ? [key] : []),
    ApiResponse({ status: answer.status, description: 'Success', schema }),
    ApiResponse({ status: 'default', description: 'Refused', schema: { $ref: '#/components/schemas/Error' } }),
  );
}

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
