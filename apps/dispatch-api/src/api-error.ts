import type { Refusal } from '@dispatch/commands';
import { dimensions, type ErrorCode, httpStatus, messages } from './error-codes.js';

/** A refusal on its way out. Thrown within the shell only, and turned into the contract's body by the filter. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: object = {},
    options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = options.status ?? httpStatus[code];
    this.headers = options.headers ?? {};
  }
  readonly headers: Readonly<Record<string, string>>;
}

export function apiError({ code, details }: Refusal): ApiError {
  if ('fields' in details) {
    const message = details.fields.map((fault) => fault.message).join('; ');
    return new ApiError(code, message || messages[code], details);
  }
  return new ApiError(code, messages[code], details);
}

/** The error body of CONTRACT section 3. */
export function errorBody({ code, message, details }: ApiError, requestId: string | null): object {
  const dimension = dimensions[code];
  const requirement = 'requirement_code' in details ? { requirement_code: details.requirement_code } : {};
  return {
    error: {
      code,
      message,
      request_id: requestId,
      ...details,
      ...(dimension && { policy_error: { dimension, code, ...requirement } }),
    },
  };
}
