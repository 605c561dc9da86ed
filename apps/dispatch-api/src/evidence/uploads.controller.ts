import { refuse, type TicketReads } from '@dispatch/commands';
import { type EvidenceStore, type ObjectKey, placeOf, uriOf } from '@dispatch/evidence';
import type { Policy } from '@dispatch/policy';
import { parseUuid, type Ticket } from '@dispatch/ticket';
import { Controller, Get, HttpCode, Inject, Post, Req, type Type } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { type Row, UsesTool } from '../admission.guard.js';
import { ApiError, apiError } from '../api-error.js';
import { type FieldFault, parseBody } from '../dto/parse-body.js';
import { Describes } from '../openapi.js';
import { queryOf } from '../query.js';
import { outOfReach } from '../reach.js';
import { visible } from '../reads/scope.js';
import { admissionOf, type DispatchRequest, notUuid, ticketIdIn } from '../request.js';
import { route } from '../route.js';
import { TICKET_READS } from '../tokens.js';
import { toolRow } from '../tool-row.js';
import { UploadBody } from './upload.body.js';

/** Where the bytes of evidence go, and what they may be. */
export interface Evidence {
  readonly store: EvidenceStore;
  readonly maxBytes: number;
}

/**
 * The two routes around the bytes of evidence. Neither changes a ticket. Who may upload is whoever may attach, in the
 * states in which it may be attached; who may read the bytes is whoever may read the list: their rows of the policy
 * are those of the tools themselves.
 */
export function uploadsController(policy: Policy, evidence: Evidence | undefined): Type {
  const adding = toolRow(policy, 'closeout.add_evidence');
  const listing = toolRow(policy, 'closeout.list_evidence');
  const upload: Row = { tool: adding.tool, method: 'POST', path: `${adding.path}/uploads`, mutating: false };
  const content: Row = {
    tool: listing.tool,
    method: 'GET',
    path: `${listing.path}/{evidenceId}/content`,
    mutating: false,
  };

  @Controller()
  class UploadsController {
    constructor(@Inject(TICKET_READS) private readonly reads: TicketReads) {}

    @Post(route(upload))
    @HttpCode(201)
    @UsesTool(upload)
    @Describes(
      {
        ...upload,
        operationId: 'uploadEvidence',
        roles: adding.roles,
        title: 'A signed address to put one object of evidence to',
      },
      { status: 201, schema: 'EvidenceUpload' },
    )
    @ApiBody({ type: UploadBody })
    async upload(@Req() request: DispatchRequest) {
      const { store, maxBytes } = available(evidence);
      const { actor } = admissionOf(request);
      const id = ticketIdIn(request);
      const { content_type: contentType, size_bytes: size, checksum } = bodyOf(request, maxBytes);
      const ticket = await this.reads.ticket(id);
      if (!ticket) throw apiError(refuse('TICKET_NOT_FOUND', { ticket_id: id }).rejection);
      const breach = outOfReach(actor, adding.tool, ticket);
      if (breach) throw apiError(refuse('FORBIDDEN_SCOPE', breach).rejection);
      const refusal = policy.refuses('closeout.add_evidence', ticket, actor.role);
      if (refusal) throw apiError(refusal);

      const key = { ticketId: id, sha256: checksum.slice(CHECKSUM_START).toLowerCase(), contentType };
      const { url, headers, expiresAt } = await store.signUpload({ ...key, size });
      return {
        upload: { method: 'PUT', url, headers, expires_at: expiresAt.toISOString() },
        uri: uriOf(store.place, key),
        checksum: `sha256:${key.sha256}`,
      };
    }

    @Get(route(content))
    @UsesTool(content)
    @Describes(
      {
        ...content,
        operationId: 'readEvidence',
        roles: listing.roles,
        title: 'A signed address to read an object of evidence from',
      },
      { status: 200, schema: 'EvidenceContent' },
    )
    async content(@Req() request: DispatchRequest) {
      queryOf(request, []);
      const { store } = available(evidence);
      const id = ticketIdIn(request);
      const fault = notUuid('evidenceId');
      const evidenceId = parseUuid(request.params.evidenceId);
      if (!evidenceId) throw new ApiError('INVALID_REQUEST', fault.message, { fields: [fault] });
      const ticket = visible(await this.reads.ticket(id), id, admissionOf(request).actor);
      const key = objectOf(store, ticket, evidenceId);
      const { url, expiresAt } = await store.signRead(key);
      return { url, expires_at: expiresAt.toISOString(), content_type: key.contentType };
    }
  }
  return UploadsController;
}

const CHECKSUM_START = 'sha256:'.length;

function available(evidence: Evidence | undefined): Evidence {
  if (evidence) return evidence;
  throw new ApiError('UPLOADS_NOT_AVAILABLE', 'This service keeps no objects: no object store is configured');
}

function bodyOf(request: DispatchRequest, maxBytes: number): UploadBody {
  const parsed = parseBody(UploadBody, request.body);
  if ('fields' in parsed) throw invalidBody(parsed.fields);
  if (parsed.checked.size_bytes <= maxBytes) return parsed.checked;
  throw invalidBody([{ field: 'size_bytes', message: `size_bytes must not be greater than ${maxBytes}` }]);
}

const invalidBody = (fields: readonly FieldFault[]) =>
  apiError(refuse('INVALID_REQUEST', { fields: [...fields] }).rejection);

/** The ticket's own object that an item names: a reference to another ticket's opens nothing here. */
function objectOf(store: EvidenceStore, ticket: Ticket, evidenceId: string): ObjectKey {
  const item = ticket.evidence.find(({ id }) => id === evidenceId);
  if (!item) throw new ApiError('EVIDENCE_NOT_FOUND', 'The ticket has no such evidence', { evidence_id: evidenceId });
  const place = placeOf(store.place, item.uri);
  if (typeof place === 'object' && place.ticketId === ticket.id) return place;
  throw new ApiError('EVIDENCE_NOT_STORED', "The evidence names no object of this ticket in the service's store", {
    evidence_id: evidenceId,
  });
}
