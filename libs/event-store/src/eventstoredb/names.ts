/**
 * Streams as the cluster knows them. The log's begin with one prefix, so that the server filters by it: whatever else
 * lives in the cluster, the server's own streams included, is not of the log. What claims an event id does not begin
 * with it.
 */
export interface Names {
  /** What all streams of the log begin with. */
  readonly logPrefix: string;
  /** The log's name of a stream, and back; undefined when it is not of the log. */
  readonly ofStream: (stream: string) => string;
  readonly toStream: (name: string) => string | undefined;
  /** The stream that says where the event with this id is: see claims.ts. */
  readonly ofClaim: (eventId: string) => string;
}

export function namesUnder(prefix: string): Names {
  if (!/^[a-z][a-z0-9_-]*$/.test(prefix)) throw new Error(`not a prefix of streams: ${JSON.stringify(prefix)}`);
  const logPrefix = `${prefix}/`;
  return {
    logPrefix,
    ofStream: (stream) => logPrefix + stream,
    toStream: (name) => (name.startsWith(logPrefix) ? name.slice(logPrefix.length) : undefined),
    ofClaim: (eventId) => `${prefix}.command-${eventId}`,
  };
}
