import type { EventStore, Recorded } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import type { Vault } from '@dispatch/privacy';
import {
  decide,
  type Given,
  instantOf,
  later,
  type Ticket,
  type TicketCommand,
  type Tool,
  type Uuid,
} from '@dispatch/ticket';
import { type Answer, type Answered, answerTo } from './answer.js';
import { type Call, type Malformed, type Refusal, refuse, type Target } from './call.js';
import { identify, ticketIdOf } from './identity.js';
import { provenance } from './provenance.js';
import { sameRequest } from './repeat.js';
import { commandPath } from './run.js';
import type { Streams } from './streams.js';
import { encode, ticketStream } from './ticket-codec.js';
import { approvalBody, evidenceBody, ticketBody } from './wire.js';

/** What the directory is asked, by commands that name its entities. May lag behind another process by a second. */
export interface DirectoryLookup {
  accountKnown(id: Uuid): Promise<boolean>;
  /** The account of a site; undefined when the site is unknown. */
  accountOfSite(id: Uuid): Promise<Uuid | undefined>;
  technicianKnown(id: Uuid): Promise<boolean>;
}

export interface TicketCommandParts {
  readonly store: EventStore;
  readonly tickets: Streams<Ticket>;
  readonly policy: Policy;
  readonly directory: DirectoryLookup;
  /** Seals what is personal before it is written. */
  readonly vault: Vault;
  readonly objectStoreSchemes: readonly string[];
  /** Which of a ticket's evidence its store lacks, asked before a closeout is judged; without it nobody is asked. */
  readonly absentEvidence?: (ticket: Ticket) => Promise<readonly Uuid[]>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Stands around each decision, for traces. */
  readonly around?: <T>(name: string, labels: Readonly<Record<string, string>>, work: () => Promise<T>) => Promise<T>;
}

export type RunTool = (call: Call) => Promise<Answered>;

/** Steps 5 to 11 of the contract's order of checks, then the append and the answer. */
export function ticketCommands(parts: TicketCommandParts): RunTool {
  const { policy, around, store, vault } = parts;
  const { run, refused } = commandPath(store, parts.tickets);

  return async (call) => {
    const { eventId, contentHash } = identify(call);
    const repeat = {
      eventId,
      contentHash,
      sameRequest: sameRequest(vault, call, contentHash),
      mayReplay: (ticket: Ticket) => scopeRefusal(call, ticket),
    };
    const isRepeat = async () => (await store.find(eventId)) !== undefined;
    const render = (ticket: Ticket, event: Recorded) => rendered(call.tool, ticket, event);
    const requestedAt = instantOf(parts.clock());

    const parsed = call.parse();
    if ('code' in parsed)
      return answerTo(await refused(repeat, refuse(parsed.code, { fields: parsed.fields })), render);

    const stream = ticketStream(parsed.ticketId ?? ticketIdOf(eventId));
    const decideOn = async (ticket: Ticket | undefined) => {
      const refusal = mayAct(call, parsed, ticket, policy);
      if (refusal) return { rejection: refusal };
      const command = { tool: call.tool, input: parsed.input } as TicketCommand;
      const now = ticket ? later(requestedAt, ticket.updatedAt) : requestedAt;
      const decision = decide(command, ticket, await facts(command, ticket, eventId, now, call.actor.role, parts));
      if ('rejection' in decision) return { rejection: completed(decision.rejection, call, ticket, policy) };
      const event = encode(decision.event, eventId, now, provenance(call, contentHash, requestedAt, policy.version));
      return { event: await vault.seal(stream, event, isRepeat) };
    };
    const begins = parsed.ticketId === undefined;
    const watched: typeof decideOn = around
      ? (ticket) => around(`decide ${call.tool}`, { 'dispatch.stream': stream }, () => decideOn(ticket))
      : decideOn;
    const outcome = await run<Refusal>({ ...repeat, stream, begins, decide: watched });
    return answerTo(outcome, render, parsed.expectedVersion);
  };
}

type Parsed = Exclude<ReturnType<Call['parse']>, Malformed>;

/** Existence, scope, expected version and state, in the contract's order. */
function mayAct(call: Call, parsed: Parsed, ticket: Ticket | undefined, policy: Policy): Refusal | undefined {
  const { input, ticketId, expectedVersion } = parsed;
  if (!ticket && ticketId) return refuse('TICKET_NOT_FOUND', { ticket_id: ticketId }).rejection;
  const target: Target | undefined = ticket ?? ('accountId' in input ? input : undefined);
  const outOfScope = target && scopeRefusal(call, target);
  if (outOfScope) return outOfScope;
  const version = ticket?.version;
  if (expectedVersion !== undefined && expectedVersion !== (version ?? -1))
    return refuse('VERSION_CONFLICT', { expected_version: expectedVersion, actual_version: version ?? null }).rejection;
  return policy.refuses(call.tool, ticket, call.actor.role);
}

function scopeRefusal(call: Call, target: Target): Refusal | undefined {
  const gap = call.outOfScope(target);
  return gap && refuse('FORBIDDEN_SCOPE', gap).rejection;
}

/** A rule knows from where to where; what else would be possible is the policy's to add. */
function completed(rejection: Refusal, call: Call, ticket: Ticket | undefined, policy: Policy): Refusal {
  if (rejection.code !== 'INVALID_STATE_TRANSITION' || !ticket) return rejection;
  const details = { ...rejection.details, ...policy.explain(call.tool, ticket, call.actor.role) };
  return { ...rejection, details };
}

async function facts(
  command: TicketCommand,
  ticket: Ticket | undefined,
  id: Uuid,
  now: Given['now'],
  role: string,
  { directory, policy, objectStoreSchemes, absentEvidence }: TicketCommandParts,
): Promise<Given> {
  const { accountId, siteId, techId } = named(command);
  const [accountKnown, siteAccountId, technicianKnown, absent] = await Promise.all([
    accountId ? directory.accountKnown(accountId) : false,
    siteId ? directory.accountOfSite(siteId) : undefined,
    techId ? directory.technicianKnown(techId) : false,
    ticket && absentEvidence && judgesCloseout(command) ? absentEvidence(ticket) : [],
  ]);
  return {
    now,
    id,
    directory: { accountKnown, siteAccountId, technicianKnown },
    policy: {
      template: (incidentType) => policy.template(incidentType),
      bypassNeedsManager: policy.bypassNeedsManager,
      mayConfirmAnyWindow: policy.mayConfirmAnyWindow(role),
    },
    objectStoreSchemes,
    absentEvidence: absent,
  };
}

const judgesCloseout = ({ tool, input }: TicketCommand): boolean =>
  tool === 'tech.complete' || (tool === 'qa.verify' && input.result === 'PASS');

/** The directory's entities that a command names. */
function named({ input }: TicketCommand): { accountId?: Uuid; siteId?: Uuid; techId?: Uuid } {
  if ('accountId' in input) return { accountId: input.accountId, siteId: input.siteId };
  return 'techId' in input ? { techId: input.techId } : {};
}

/** What the contract answers to a tool, from the ticket as its event left it. */
function rendered(tool: Tool, ticket: Ticket, event: Recorded): Pick<Answer, 'status' | 'body'> {
  const evidence = ticket.evidence.find(({ id }) => id === event.id);
  if (tool === 'closeout.add_evidence' && evidence) return { status: 201, body: evidenceBody(ticket, evidence) };
  const approval = ticket.approvals.find(({ id }) => id === event.id);
  if (tool === 'tech.request_change' && approval)
    return { status: 200, body: { ticket: ticketBody(ticket), approval: approvalBody(approval) } };
  return { status: tool === 'ticket.create' ? 201 : 200, body: ticketBody(ticket) };
}
