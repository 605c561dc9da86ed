import { type DestinationStream, pino } from 'pino';

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
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Structured lines of JSON on `stream` (standard output by default), times in RFC 3339. */
export function openLog(level: string, stream?: DestinationStream, service = 'dispatch-api'): Log {
  const logger = pino(
    { level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime },
    stream ?? pino.destination({ dest: 1, sync: false }),
  );
  return {
    request: (line) => logger.info(line, 'request'),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}
