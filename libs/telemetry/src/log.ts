import { type DestinationStream, multistream, pino } from 'pino';
import { HIDDEN, NEVER_LOGGED, scrubbed } from './scrub.js';

/** One line a request (CONTRACT section 7): ids, names and numbers; never a body, token or contact. */
export interface RequestLine {
  readonly request_id: string | null;
  readonly correlation_id: string | null;
  readonly trace_id: string | null;
  readonly actor_type: string | null;
  readonly actor_id: string | null;
  readonly actor_role: string | null;
  readonly tool_name: string | null;
  readonly ticket_id: string | null;
  readonly method: string;
  /** The path template, `UNMATCHED` for an unknown route: never the path itself. */
  readonly endpoint: string;
  readonly status: number;
  readonly duration_ms: number;
  readonly replay: boolean;
  readonly error_code: string | null;
}

export interface Log {
  request(line: RequestLine): void;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Takes the place of the level that it was opened with; without one that level is back. */
  setLevel(level?: string): void;
}

/**
 * Structured lines of JSON on each of `streams` (standard output by default), times in RFC 3339. What an error says is
 * scrubbed, and what stands under a name that may hold a secret or a person's data is hidden.
 */
export function openLog(
  level: string,
  streams?: DestinationStream | readonly DestinationStream[],
  service = 'dispatch-api',
): Log {
  const logger = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { reason: scrubbed, error: scrubbed, stack: scrubbed },
      redact: { paths: [...NEVER_LOGGED], censor: HIDDEN },
    },
    together(streams ?? standardOutput()),
  );
  return {
    request: (line) => logger.info(line, 'request'),
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    setLevel: (other = level) => {
      logger.level = other;
    },
  };
}

export const standardOutput = (): DestinationStream => pino.destination({ dest: 1, sync: false });

function together(streams: DestinationStream | readonly DestinationStream[]): DestinationStream {
  if ('write' in streams) return streams;
  // Each gets all that the logger lets through.
  return multistream(streams.map((stream) => ({ stream, level: 'trace' })));
}
