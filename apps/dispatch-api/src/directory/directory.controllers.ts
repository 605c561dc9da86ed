import { entityOf, entryBody, type Kind } from '@dispatch/directory';
import type { JsonObject } from '@dispatch/event-store';
import type { DirectoryRow, Policy } from '@dispatch/policy';
import type { Vault } from '@dispatch/privacy';
import { type DirectoryRow as DirectoryListed, listDirectory } from '@dispatch/projections';
import { parseUuid } from '@dispatch/ticket';
import { Controller, Get, Inject, Put, Req, Res, type Type } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UsesTool } from '../admission.guard.js';
import { ApiError, apiError } from '../api-error.js';
import { directoryBodies } from '../dto/directory.js';
import { parseBody } from '../dto/parse-body.js';
import { expectedVersionOf } from '../if-match.js';
import { Describes, DescribesRead, reflects } from '../openapi.js';
import { limitOf, queryOf } from '../query.js';
import { minPositionOf } from '../reads/min-position.js';
import type { AnswerRead } from '../reads/read-answers.js';
import { scopeOf } from '../reads/scope.js';
import { admissionOf, askedOf, type DispatchRequest, notUuid } from '../request.js';
import { DIRECTORY, READS, VAULT } from '../tokens.js';
import { route, send } from '../route.js';
import { type DirectoryEntities, outside, type Statement } from './entities.js';
import { openedEntities } from './opened.js';

const SCHEMA: Readonly<Record<Kind, string>> = { account: 'Account', site: 'Site', technician: 'Technician' };
const NOT_FOUND = {
  account: 'ACCOUNT_NOT_FOUND',
  site: 'SITE_NOT_FOUND',
  technician: 'TECHNICIAN_NOT_FOUND',
} as const;

const PAGE = { most: 500, usual: 100 };

/** PUT, GET and list of one kind of entity, from the policy's rows. */
export function directoryController<K extends Kind>(kind: K, policy: Policy): Type {
  const rows = { put: row(policy, `${kind}.put`), get: row(policy, `${kind}.get`), list: row(policy, `${kind}.list`) };

  @Controller()
  class DirectoryController {
    constructor(
      @Inject(DIRECTORY) private readonly directory: DirectoryEntities,
      @Inject(READS) private readonly answer: AnswerRead,
      @Inject(VAULT) private readonly vault: Vault,
    ) {}

    @Put(route(rows.put))
    @UsesTool(rows.put)
    @Describes(rows.put, { status: 200, schema: SCHEMA[kind] })
    @ApiResponse({ status: 201, description: 'New', schema: { $ref: `#/components/schemas/${SCHEMA[kind]}` } })
    @ApiBody({ type: directoryBodies[kind] })
    async put(@Req() request: DispatchRequest, @Res() reply: FastifyReply): Promise<void> {
      send(reply, request, await this.directory.state(statementOf(kind, request)));
    }

    @Get(route(rows.list))
    @UsesTool(rows.list)
    @Describes(rows.list, { status: 200, schema: `${SCHEMA[kind]}List`, headers: reflects })
    @DescribesRead({ page: PAGE })
    async list(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      const { limit: asked, cursor } = queryOf(request, ['limit', 'cursor']);
      const listing = { scope: scopeOf(admissionOf(request).actor), limit: limitOf(asked, PAGE), cursor };
      const { body, headers } = await this.answer({
        models: ['directory'],
        atLeast: minPositionOf(request),
        cursor,
        query: async (db) => {
          const { rows, next } = await listDirectory(db, kind, listing);
          const kept = rows.map(({ entity, sealed_by }) => ({ entity, sealedBy: sealed_by }));
          const entities = await openedEntities(this.vault, kept);
          const bodies = rows.map((row, index) => rowBody(row, entities[index] ?? {}));
          const body = { [`${kind}s`]: bodies, next_cursor: next };
          return { body, stale: rows.some(({ stale }) => stale) };
        },
      });
      reply.headers(headers);
      return body;
    }

    @Get(route(rows.get))
    @UsesTool(rows.get)
    @Describes(rows.get, { status: 200, schema: SCHEMA[kind] })
    async get(@Req() request: DispatchRequest, @Res({ passthrough: true }) reply: FastifyReply) {
      queryOf(request, []);
      const id = parseUuid(request.params.id);
      if (!id) throw new ApiError('INVALID_REQUEST', ID_FAULT.message, { fields: [ID_FAULT] });
      const entry = await this.directory.get(kind, id);
      if (!entry)
        throw new ApiError(
          NOT_FOUND[kind],
          `The directory has no such ${kind}`,
          { [`${kind}_id`]: id },
          { status: 404 },
        );
      const refusal = outside(admissionOf(request).actor, kind, id, entry.entity);
      if (refusal) throw apiError(refusal);
      reply.header('etag', `"${entry.version}"`);
      return entryBody(entry);
    }
  }
  return DirectoryController;
}

/** As the entity's own GET shows it. */
const rowBody = ({ id, version, created_at, updated_at }: DirectoryListed, entity: JsonObject) => ({
  id,
  ...entity,
  version,
  created_at,
  updated_at,
});

function row(policy: Policy, tool: string): DirectoryRow {
  const found = policy.directoryTool(tool);
  if (!found) throw new Error(`the policy has no tool ${tool}`);
  return found;
}

const ID_FAULT = notUuid('id');

function statementOf<K extends Kind>(kind: K, request: DispatchRequest): Statement<K> {
  const asked = { ...askedOf(request), kind };
  const id = parseUuid(request.params.id);
  const body = parseBody(directoryBodies[kind], request.body);
  const version = expectedVersionOf(request, {});
  if (!id) return { ...asked, parsed: { fields: [ID_FAULT] } };
  if ('fields' in body) return { ...asked, parsed: body };
  if ('fields' in version) return { ...asked, parsed: version };
  return { ...asked, parsed: { id, entity: entityOf[kind](body.checked), ...version } };
}
