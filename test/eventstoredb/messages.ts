import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServiceError, status as codes } from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { ExpectedVersion, Proposed, Stored, Verdict } from './log.js';

/** Between the log's words and those of the protocol, which are the ones that the client package was made from. */

export const nameOf = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

export function proposed(
  message: streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage,
): Proposed {
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function expectedOf(options: streams.AppendReq.Options | streams.BatchAppendReq.Options): ExpectedVersion {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (options.hasAny()) return 'any';
  return Number('getRevision' in options ? options.getRevision() : options.getStreamPosition());
}

export function appended(verdict: Verdict): streams.AppendResp {
  const answer = new streams.AppendResp();
  if ('wrong' in verdict) {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (verdict.wrong < 0) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(verdict.wrong));
    return answer.setWrongExpectedVersion(wrong);
  }
  const success = new streams.AppendResp.Success();
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(String(verdict.position)).setPreparePosition(String(verdict.position));
  return answer.setSuccess(success.setCurrentRevision(String(verdict.revision)).setPosition(position));
}

export function batchAppended(
  correlation: shared.UUID | undefined,
  stream: shared.StreamIdentifier | undefined,
  verdict: Verdict,
): streams.BatchAppendResp {
  const answer = new streams.BatchAppendResp().setCorrelationId(correlation).setStreamIdentifier(stream);
  if ('wrong' in verdict) return answer.setError(wrongVersion(verdict.wrong));
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(String(verdict.position)).setPreparePosition(String(verdict.position));
  const success = new streams.BatchAppendResp.Success();
  return answer.setSuccess(success.setCurrentRevision(String(verdict.revision)).setPosition(position));
}

function wrongVersion(current: number): status.Status {
  const wrong = new shared.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new empty.Empty());
  else wrong.setCurrentStreamRevision(String(current));
  const details = new any.Any();
  details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  return new status.Status()
    .setCode(codes.FAILED_PRECONDITION as number)
    .setMessage('wrong expected version')
    .setDetails(details);
}

export function read(stored: Stored, ofAll: boolean): streams.ReadResp {
  const record = new streams.ReadResp.ReadEvent.RecordedEvent();
  const position = String(stored.position);
  record.setId(new shared.UUID().setString(stored.id)).setStreamRevision(String(stored.revision));
  record.setStreamIdentifier(identifier(stored.stream)).setCommitPosition(position).setPreparePosition(position);
  record.setData(stored.data).setCustomMetadata(stored.metadata);
  const described = record.getMetadataMap();
  described.set('type', stored.type);
  described.set('content-type', stored.contentType);
  described.set('created', stored.created);
  const event = new streams.ReadResp.ReadEvent().setEvent(record);
  if (ofAll) event.setCommitPosition(position);
  else event.setNoPosition(new shared.Empty());
  return new streams.ReadResp().setEvent(event);
}

export function streamNotFound(name: string): streams.ReadResp {
  const missing = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier(name));
  return new streams.ReadResp().setStreamNotFound(missing);
}

export function confirmation(id: string): streams.ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id);
  return new streams.ReadResp().setConfirmation(confirmed);
}

export function checkpoint(position: bigint): streams.ReadResp {
  const reached = new streams.ReadResp.Checkpoint();
  reached.setCommitPosition(String(position)).setPreparePosition(String(position));
  return new streams.ReadResp().setCheckpoint(reached);
}

export const caughtUp = (): streams.ReadResp => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

/** As a node that does not lead answers a call that asks for the leader. */
export function notLeader(host: string, port: number): Partial<ServiceError> {
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', host);
  metadata.set('leader-endpoint-port', String(port));
  return { code: codes.NOT_FOUND, details: 'Leader info available', metadata };
}

export function accessDenied(): Partial<ServiceError> {
  const metadata = new Metadata();
  metadata.set('exception', 'access-denied');
  return { code: codes.PERMISSION_DENIED, details: 'Access Denied', metadata };
}

export function tooLarge(most: number): Partial<ServiceError> {
  const metadata = new Metadata();
  metadata.set('exception', 'maximum-append-size-exceeded');
  metadata.set('maximum-append-size', String(most));
  return { code: codes.INVALID_ARGUMENT, details: `Maximum Append Size of ${most} Exceeded.`, metadata };
}

function identifier(name: string): shared.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(name));
}
