import { type DestinationStream, pino } from 'pino';

/** One line when a call goes out, and one when it is answered: ids, names and numbers; no argument, answer or token. */
export interface CallLine {
  readonly tool_name: string;
  readonly request_id: string;
  readonly correlation_id: string;
  readonly trace_id: string | null;
  readonly actor_id: string;
  readonly actor_role: string;
  readonly ticket_id: string | null;
}

export interface AnswerLine extends CallLine {
  readonly ok: boolean;
  /** The bridge's code, then the API's. */
  readonly error_code: string | null;
  readonly dispatch_code: string | null;
  readonly status: number | null;
  readonly attempts: number;
  readonly replay: boolean;
  readonly duration_ms: number;
}

export interface Log {
  request(line: CallLine): void;
  response(line: AnswerLine): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Lines of JSON on standard error: standard output belongs to the protocol. */
export function openLog(level: string, stream: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
  const logger = pino({ level, base: { service: 'dispatch-tools' }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    request: (line) => logger.info(line, 'request'),
    response: (line) => logger.info(line, 'response'),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
  };
}
