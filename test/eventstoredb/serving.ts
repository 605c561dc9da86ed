import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  Metadata,
  ServerDuplexStream,
  ServerWritableStream,
  ServiceError,
} from '@grpc/grpc-js';
import type { DoubleLog, Stored } from './log.js';
import {
  accessDenied,
  appended,
  batchAppended,
  caughtUp,
  checkpoint,
  confirmation,
  expectedOf,
  nameOf,
  proposed,
  read,
  streamNotFound,
  tooLarge,
} from './messages.js';

export interface Call {
  readonly rpc: 'append' | 'batchAppend' | 'read' | 'subscribe';
  /** `$all` where all are read. */
  readonly stream: string;
  /** Where a subscription goes on from; undefined from the start. */
  readonly after?: bigint | undefined;
}

/**
 * What goes wrong with a call: its connection breaks before it is carried out, or after, before the answer; or it is
 * carried out and never answered; or it is a read that does not show what was written just now.
 */
export type Fault = 'lost request' | 'lost answer' | 'silence' | 'not shown yet';

/** What a node is to the calls that it serves. */
export interface Serving {
  readonly log: DoubleLog;
  /** Counts the call, and says what is to go wrong with it. */
  meet(call: Call): Fault | undefined;
  /** Is told of each checkpoint that is sent. */
  reached(): void;
  /** Breaks every connection of the node. */
  cut(): void;
  /** Why this node does not take the call. */
  refuses(metadata: Metadata): Partial<ServiceError> | undefined;
}

/** As the server has it by default, in bytes. */
const MAX_APPEND = 1024 * 1024;
/** Events that a filtered subscription looks at between two checkpoints where the client names no window. */
const SEARCH_WINDOW = 32;

export function streamsOf(node: Serving) {
  /** Does the work, and then answers or does not; false when the call has ended without an answer. */
  function carriedOut(call: Call, work: () => void): boolean {
    const fault = node.meet(call);
    if (fault !== 'lost request') work();
    if (fault === 'lost request' || fault === 'lost answer') node.cut();
    return fault === undefined;
  }

  const append: handleClientStreamingCall<streams.AppendReq, streams.AppendResp> = (call, answer) => {
    const refusal = node.refuses(call.metadata);
    const requests: streams.AppendReq[] = [];
    call.on('error', () => undefined);
    call.on('data', (request: streams.AppendReq) => void requests.push(request));
    call.on('end', () => {
      const options = requests[0]?.getOptions();
      const messages = requests.flatMap((request) => request.getProposedMessage() ?? []);
      if (refusal || !options) return answer(refusal ?? accessDenied());
      const events = messages.map(proposed);
      const size = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
      if (size > MAX_APPEND) return answer(tooLarge(MAX_APPEND));
      const stream = nameOf(options.getStreamIdentifier());
      let response = new streams.AppendResp();
      const write = () => {
        response = appended(node.log.append(stream, expectedOf(options), events));
      };
      if (carriedOut({ rpc: 'append', stream }, write)) answer(null, response);
    });
  };

  /** One long call for many appends, each told by its correlation. */
  function batchAppend(call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>): void {
    const open = new Map<string, streams.BatchAppendReq[]>();
    const refusal = node.refuses(call.metadata);
    if (refusal) return void call.emit('error', refusal);
    call.on('error', () => undefined);
    call.on('end', () => call.end());
    call.on('data', (request: streams.BatchAppendReq) => {
      const correlation = request.getCorrelationId();
      const id = correlation?.getString() ?? '';
      const parts = [...(open.get(id) ?? []), request];
      open.set(id, parts);
      const options = parts[0]?.getOptions();
      if (!request.getIsFinal() || !options) return;
      open.delete(id);
      const identifier = options.getStreamIdentifier();
      const stream = nameOf(identifier);
      const events = parts.flatMap((part) => part.getProposedMessagesList()).map(proposed);
      let response = new streams.BatchAppendResp();
      const write = () => {
        response = batchAppended(correlation, identifier, node.log.append(stream, expectedOf(options), events));
      };
      if (carriedOut({ rpc: 'batchAppend', stream }, write)) call.write(response);
    });
  }

  const serveRead: handleServerStreamingCall<streams.ReadReq, streams.ReadResp> = (call) => {
    const options = call.request.getOptions();
    const refusal = node.refuses(call.metadata);
    call.on('error', () => undefined);
    if (refusal || !options) return void call.emit('error', refusal ?? accessDenied());
    const rpc = options.hasSubscription() ? 'subscribe' : 'read';
    const stream = options.hasStream() ? nameOf(options.getStream()?.getStreamIdentifier()) : '$all';
    const begin = () => {
      void (rpc === 'subscribe' ? subscription(node, call, options) : page(node.log, call, options, stream));
    };
    const position = options.getAll()?.getPosition();
    const after = rpc === 'subscribe' && position ? BigInt(position.getCommitPosition()) : undefined;
    const fault = node.meet({ rpc, stream, after });
    if (fault === undefined) begin();
    else if (fault === 'not shown yet') {
      call.write(streamNotFound(stream));
      call.end();
    } else if (fault !== 'silence') node.cut();
  };

  return { append, batchAppend, read: serveRead };
}

type Reading = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Options = streams.ReadReq.Options;

async function page(log: DoubleLog, call: Reading, options: Options, stream: string): Promise<void> {
  const send = sender(call);
  const all = options.hasAll();
  const events = all ? log.all : log.stream(stream);
  if (!all && events.length === 0) await send(streamNotFound(stream));
  const wanted = all ? ofAll(log, options) : ofStream(events, options);
  for (const event of wanted.slice(0, Number(options.getCount()))) if (!(await send(read(event, all)))) return;
  call.end();
}

function ofStream(events: readonly Stored[], options: Options): readonly Stored[] {
  const from = options.getStream();
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const start = from?.hasEnd() ? events.length - 1 : from?.hasStart() ? 0 : Number(from?.getRevision());
  return backwards ? events.slice(0, start + 1).reverse() : events.slice(start);
}

/** Forwards from a position with what stands there; backwards from a position what stands before it. */
function ofAll(log: DoubleLog, options: Options): readonly Stored[] {
  const from = options.getAll();
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const end = log.all.length;
  const at = from?.hasPosition() ? indexOf(log, BigInt(from.getPosition()?.getCommitPosition() ?? 0)) : undefined;
  const start = at ?? (from?.hasEnd() ? end : 0);
  return backwards ? log.all.slice(0, start).reverse() : log.all.slice(start);
}

/** The first event at or after the position. */
function indexOf(log: DoubleLog, position: bigint): number {
  let [low, high] = [0, log.all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((log.all[middle]?.position ?? 0n) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Everything after a position, then what comes; a checkpoint each window of events that were looked at. */
async function subscription({ log, reached }: Serving, call: Reading, options: Options): Promise<void> {
  const send = sender(call);
  const from = options.getAll();
  const filter = options.getFilter();
  const passes = filterOf(filter);
  const window =
    (filter?.hasMax() ? filter.getMax() : SEARCH_WINDOW) * (filter?.getCheckpointintervalmultiplier() ?? 1);
  const ended = new AbortController();
  call.on('cancelled', () => ended.abort());
  call.on('close', () => ended.abort());

  const after = from?.hasPosition() ? BigInt(from.getPosition()?.getCommitPosition() ?? 0) : -1n;
  let next = from?.hasEnd() ? log.all.length : indexOf(log, after + 1n);
  let looked = 0;
  let live = false;
  await send(confirmation(randomUUID()));
  while (!ended.signal.aborted) {
    const event = log.all[next];
    if (!event) {
      if (!live) await send(caughtUp());
      live = true;
      if (next === log.all.length) await log.growth(ended.signal);
      continue;
    }
    next += 1;
    looked += 1;
    if (passes(event.stream)) await send(read(event, true));
    if (filter && looked % window === 0 && (await send(checkpoint(event.position)))) reached();
  }
}

function filterOf(filter: streams.ReadReq.Options.FilterOptions | undefined): (stream: string) => boolean {
  const expression = filter?.getStreamIdentifier();
  if (!expression) return () => true;
  const prefixes = expression.getPrefixList();
  const pattern = expression.getRegex() ? new RegExp(expression.getRegex()) : undefined;
  return (stream) => (pattern ? pattern.test(stream) : prefixes.some((prefix) => stream.startsWith(prefix)));
}

/** Writes no faster than the other side reads; false once the call is over. */
function sender(call: Reading): (message: streams.ReadResp) => Promise<boolean> {
  let over = false;
  let go: () => void = () => undefined;
  for (const end of ['cancelled', 'close', 'error'])
    call.on(end, () => {
      over = true;
      go();
    });
  call.on('drain', () => go());
  return async (message) => {
    if (!over && !call.write(message)) {
      await new Promise<void>((resolve) => {
        go = resolve;
        if (over) resolve();
      });
    }
    return !over;
  };
}
