import type { Answered, Call, RunTool, Target } from '@dispatch/commands';
import type { ToolRow } from '@dispatch/policy';
import { parseUuid, type TicketCommands, type Tool } from '@dispatch/ticket';
import { Controller, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { UsesTool } from './admission.guard.js';
import { bodies } from './dto/bodies.js';
import type { CommandBody } from './dto/command-body.js';
import { inputOf, parseBody } from './dto/parse-body.js';
import { expectedVersionOf } from './if-match.js';
import { DescribesTool } from './openapi.js';
import { outOfReach } from './reach.js';
import { askedOf, type DispatchRequest, notUuid } from './request.js';
import { route, send } from './route.js';
import { RUN_TOOL } from './tokens.js';

/** The one command of the bus: a call of a tool. */
export class ToolCall {
  constructor(readonly call: Call) {}
}

@CommandHandler(ToolCall)
export class ToolCallHandler implements ICommandHandler<ToolCall> {
  constructor(@Inject(RUN_TOOL) private readonly runTool: RunTool) {}

  execute({ call }: ToolCall): ReturnType<RunTool> {
    return this.runTool(call);
  }
}

/** A route a tool: path and roles from the policy's row, body from its class; the OpenAPI page follows. */
export function toolController(row: ToolRow, tool: Tool): Type {
  @Controller()
  class ToolController {
    constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

    @Post(route(row))
    @UsesTool(row)
    @DescribesTool(row, bodies[tool])
    async post(@Req() request: DispatchRequest, @Res() reply: FastifyReply): Promise<void> {
      const answer: Answered = await this.bus.execute(new ToolCall(callOf(tool, request)));
      send(reply, request, answer);
    }
  }
  return ToolController;
}

function callOf(tool: Tool, request: DispatchRequest): Call {
  const asked = askedOf(request);
  return {
    ...asked,
    tool,
    parse: () => parseCall(tool, request),
    outOfScope: (target: Target) => outOfReach(asked.actor, tool, target),
  };
}

function parseCall(tool: Tool, request: DispatchRequest): ReturnType<Call['parse']> {
  const { id, evidenceId } = request.params;
  const ticketId = parseUuid(id);
  if (id !== undefined && !ticketId) return { code: 'INVALID_TICKET_ID', fields: [notUuid('id')] };
  const evidence = parseUuid(evidenceId);
  if (evidenceId !== undefined && !evidence) return { code: 'INVALID_REQUEST', fields: [notUuid('evidenceId')] };
  const of: new () => CommandBody = bodies[tool];
  const body = parseBody(of, request.body);
  if ('fields' in body) return { code: 'INVALID_REQUEST', fields: body.fields };
  const version = expectedVersionOf(request, body.checked);
  if ('fields' in version) return { code: 'INVALID_REQUEST', fields: version.fields };
  const { expectedVersion, ...input } = inputOf(body.checked);
  return {
    // The class that was checked is the tool's own: see bodies.ts.
    input: { ...input, ...(evidence && { evidenceId: evidence }) } as TicketCommands[Tool],
    ticketId,
    expectedVersion: version.expectedVersion,
  };
}
