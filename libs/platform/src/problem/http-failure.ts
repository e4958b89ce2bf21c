import { HttpException } from '@nestjs/common';
import { type Answer } from './answer.js';

const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  422: 'unprocessable',
  428: 'precondition_required',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** What body-parser and Express throw; Nest wraps it in an HttpException whose `cause` it is. */
interface ParserError extends Error {
  readonly type?: string;
  readonly limit?: number;
}

/** Exceptions of the framework: unknown routes, bodies that cannot be read, pipes that refuse. */
export function answerOfHttpException(exception: HttpException): Answer {
  const status = exception.getStatus();
  const cause = exception.cause instanceof Error ? (exception.cause as ParserError) : null;
  const { code, detail } = explainCause(cause) ?? {
    code: CODE_OF_STATUS[status] ?? 'error',
    detail: exception.message,
  };
  const headers: Record<string, string> = status === 503 ? { 'Retry-After': '5' } : {};
  const errors = status === 400 ? [{ pointer: '', code, detail }] : [];
  return { status, code, detail, errors, headers };
}

function explainCause(cause: ParserError | null): { code: string; detail: string } | null {
  if (cause instanceof URIError) {
    return {
      code: 'malformed_url',
      detail: 'The path has a percent sign that does not stand before two hexadecimal digits of UTF-8.',
    };
  }
  switch (cause?.type) {
    case 'entity.too.large':
      return { code: 'body_too_large', detail: `The body is larger than ${cause.limit ?? 0} bytes.` };
    case 'encoding.unsupported':
      return { code: 'unsupported_encoding', detail: 'Send the body without Content-Encoding.' };
    default:
      return null;
  }
}
