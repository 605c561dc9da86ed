import type { Actor, Recognise } from '@dispatch/access';
import type { TicketReads } from '@dispatch/commands';
import type { Policy } from '@dispatch/policy';
import {
  APPROVAL_DECISIONS,
  APPROVAL_TYPES,
  HOLD_REASONS,
  OVERRIDE_TYPES,
  PRIORITIES,
  REASSIGN_REASONS,
  STATES,
} from '@dispatch/ticket';
import { Controller, Get, Inject, Req, type Type } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { type Row, UsesTool } from '../admission.guard.js';
import { Describes } from '../openapi.js';
import { queryOf } from '../query.js';
import type { CountActor } from '../rate-limit.js';
import { actionsBy } from '../reads/actions.js';
import type { ShowCloseout } from '../reads/job-packet.js';
import { visible } from '../reads/scope.js';
import { recognised } from '../recognised.js';
import { admissionOf, type DispatchRequest, ticketIdIn } from '../request.js';
import { route } from '../route.js';
import { COUNT_ACTOR, RECOGNISE, TICKET_READS } from '../tokens.js';
import { toolRow } from '../tool-row.js';
import { RUNBOOKS_URL } from './runbooks.js';
import { expiryOf } from './expiry.js';

/** What the pages are told of the service before anybody has signed in. */
export interface PageSettings {
  readonly version: string;
  /** Whether development headers are taken. */
  readonly developmentHeaders: boolean;
  /** Whether it serves the pages that alerts name. */
  readonly runbooks: boolean;
  /** Null where the service keeps no objects. */
  readonly uploads: { readonly maxBytes: number; readonly contentTypes: readonly string[] } | null;
}

/** What the pages need to know so that they repeat nothing of the policy. */
export function pagesController(policy: Policy, settings: PageSettings, closeoutOf: ShowCloseout): Type {
  const whole = toolRow(policy, 'ticket.get');
  const onTicket: Row = { tool: whole.tool, method: 'GET', path: '/ux/tickets/{id}/actions', mutating: false };
  const actionsOn = actionsBy(policy);
  const commands = policy.tools.filter(({ mutating, path }) => mutating && path.includes('{id}'));
  const actions = Object.fromEntries(commands.map(({ tool }) => [tool.replace('.', '_'), tool]));
  const data = policyBody(policy);
  const { version, developmentHeaders, uploads, runbooks } = settings;
  const config = {
    service: 'dispatch-api',
    version,
    development_headers: developmentHeaders,
    roles: policy.roles,
    runbooks_url: runbooks ? RUNBOOKS_URL : null,
    uploads: uploads && { max_bytes: uploads.maxBytes, content_types: uploads.contentTypes },
  };

  @Controller()
  class PagesController {
    constructor(
      @Inject(RECOGNISE) private readonly recognise: Recognise,
      @Inject(COUNT_ACTOR) private readonly countActor: CountActor,
      @Inject(TICKET_READS) private readonly tickets: TicketReads,
    ) {}

    @Get('/ux/config')
    @ApiTags('pages')
    @ApiOperation({ operationId: 'pagesConfig', summary: 'What a page must know before anybody has signed in' })
    @ApiSecurity({})
    @ApiResponse({ status: 200, description: 'Success', schema: { $ref: '#/components/schemas/PageConfig' } })
    config() {
      return config;
    }

    @Get('/ux/me')
    @ApiTags('pages')
    @ApiOperation({ operationId: 'whoAmI', summary: 'Who the request comes from, and the tools of that role' })
    @ApiResponse({ status: 200, description: 'Success', schema: { $ref: '#/components/schemas/Me' } })
    async me(@Req() request: DispatchRequest) {
      const actor = await this.known(request);
      return {
        actor_id: actor.id,
        actor_type: actor.type,
        actor_role: actor.role,
        account_scope: actor.accounts === '*' ? '*' : [...actor.accounts],
        site_scope: actor.sites === '*' ? '*' : [...actor.sites],
        technician_id: actor.technicianId ?? null,
        expires_at: expiryOf(request.headers.authorization),
        tools: [...policy.tools, ...policy.directory, ...policy.audit]
          .map(({ tool }) => tool)
          .filter((tool) => policy.allows(actor.role, tool)),
      };
    }

    @Get('/ux/policy')
    @ApiTags('pages')
    @ApiOperation({ operationId: 'pagesPolicy', summary: 'The policy as forms and lists need it' })
    @ApiResponse({ status: 200, description: 'Success', schema: { $ref: '#/components/schemas/PagePolicy' } })
    async policy(@Req() request: DispatchRequest) {
      await this.known(request);
      return data;
    }

    @Get(route(onTicket))
    @UsesTool(onTicket)
    @Describes(
      {
        ...onTicket,
        operationId: 'ticketActions',
        roles: whole.roles,
        title: 'Every command on a ticket, and why not',
      },
      { status: 200, schema: 'TicketActions' },
    )
    async actions(@Req() request: DispatchRequest) {
      queryOf(request, []);
      const id = ticketIdIn(request);
      const { actor } = admissionOf(request);
      const ticket = visible(await this.tickets.ticket(id), id, actor);
      const { gap } = await closeoutOf(ticket);
      return {
        ticket_id: id,
        version: ticket.version,
        state: ticket.state,
        actions: actionsOn(actions, actor, { ...ticket, gap }),
      };
    }

    /** Any role may ask, also one that may do nothing else. */
    private async known(request: DispatchRequest): Promise<Actor> {
      queryOf(request, []);
      const actor = await recognised(this.recognise, request);
      await this.countActor(request, actor.id);
      return actor;
    }
  }
  return PagesController;
}

const policyBody = (policy: Policy) => ({
  policy_version: policy.version,
  states: STATES,
  priorities: PRIORITIES,
  sla: { target_minutes: policy.sla.targetMinutes, warning_minutes: policy.sla.warningMinutes },
  tools: policy.tools.map(({ tool, title, method, path, roles, mutating, from, to }) => ({
    tool_name: tool,
    title,
    method,
    endpoint: path,
    roles,
    mutating,
    from_states: from,
    to_states: to,
  })),
  templates: policy.templates.map(({ incidentType, version, evidenceKeys, checklistKeys }) => ({
    incident_type: incidentType,
    template_version: version,
    required_evidence: evidenceKeys,
    required_checklist: checklistKeys,
  })),
  emergency_bypass: { manager_confirmation_required: policy.bypassNeedsManager },
  choices: {
    hold_reason_codes: HOLD_REASONS,
    reassign_reason_codes: REASSIGN_REASONS,
    override_types: OVERRIDE_TYPES,
    approval_types: APPROVAL_TYPES,
    approval_decisions: APPROVAL_DECISIONS,
  },
});
