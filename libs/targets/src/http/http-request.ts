import type { RunContext } from '../runner.js';
import type { HttpMethod, HttpTarget } from '../target.js';
import { isReservedHeader } from './reserved-headers.js';

/** One request as it is sent; following a redirect turns it into another one. */
export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** RFC 9110 §5.5: single-byte characters only, without CR and LF, which would start another header. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_URL_LENGTH = 16 * 1024;
/** Most servers accept even less: 8 KB per line in Apache, 16 KB in total in Node. */
const MAX_HEADERS_LENGTH = 32 * 1024;
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Job headers that another origin may see; any other header may be secret. */
const HEADERS_FOR_ANY_ORIGIN: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-type']);

const METHODS_WITH_DEFAULT_BODY: ReadonlySet<HttpMethod> = new Set<HttpMethod>(['POST', 'PUT', 'PATCH']);

/** The first request of a run. The job's headers can neither override nor imitate the scheduler's. */
export function buildRequest(
  target: HttpTarget,
  url: URL,
  context: RunContext,
  userAgent: string,
): HttpRequest {
  const { body, contentType } = bodyOf(target, context);
  const headers = {
    ...(contentType === null ? {} : { 'content-type': contentType }),
    ...jobHeaders(target.headers ?? {}),
    ...schedulerHeaders(context, userAgent),
  };
  return { method: target.method, url, headers, body };
}

/** Why the request cannot be sent, or null. The job was checked when it was written; secrets have come in since. */
export function faultOfRequest({ url, headers, body }: HttpRequest): string | null {
  const unsendable = Object.entries(headers).find(([, value]) => !FIELD_VALUE.test(value));
  if (unsendable) return `the header ${unsendable[0]} has line breaks or characters beyond Latin-1`;
  if (url.href.length > MAX_URL_LENGTH) return `the URL is longer than ${MAX_URL_LENGTH} characters`;
  const headersLength = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
  if (headersLength > MAX_HEADERS_LENGTH)
    return `the headers are longer than ${MAX_HEADERS_LENGTH} characters`;
  if (body !== null && Buffer.byteLength(body) > MAX_BODY_BYTES)
    return `the body is larger than ${MAX_BODY_BYTES} bytes`;
  return null;
}

/**
 * The request after a redirect: 301, 302 and 303 drop method and body, and another origin gets only those of the job's
 * headers that cannot be secret.
 */
export function redirectedRequest(request: HttpRequest, statusCode: number, url: URL): HttpRequest {
  const headers = url.origin === request.url.origin ? request.headers : publicHeaders(request.headers);
  if (statusCode === 307 || statusCode === 308) return { ...request, url, headers };
  const { 'content-type': _, ...bodilessHeaders } = headers;
  return { method: request.method === 'HEAD' ? 'HEAD' : 'GET', url, headers: bodilessHeaders, body: null };
}

function bodyOf(
  target: HttpTarget,
  context: RunContext,
): { body: string | null; contentType: string | null } {
  if (typeof target.body === 'string') return { body: target.body, contentType: 'text/plain; charset=utf-8' };
  const hasDefault = METHODS_WITH_DEFAULT_BODY.has(target.method);
  // Where no body is expected, null is none.
  const isGiven = target.body !== undefined && (target.body !== null || hasDefault);
  if (!isGiven && !hasDefault) return { body: null, contentType: null };
  const body = JSON.stringify(isGiven ? target.body : defaultBody(context));
  return { body, contentType: 'application/json' };
}

function defaultBody(context: RunContext): Record<string, unknown> {
  const { jobId, jobName, executionId, scheduleId, scheduledFor, attempt, parameters } = context;
  return { jobId, jobName, executionId, scheduleId, scheduledFor, attempt, parameters };
}

function jobHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(lowerCased.filter(([name]) => !isReservedHeader(name)));
}

/**
 * `idempotency-key` is a structured-field string, hence the quotes. The schedule id is empty for a run that did not
 * come from a schedule, as in a command's environment. Nothing here is secret: every hop may see it.
 */
function schedulerHeaders(context: RunContext, userAgent: string): Record<string, string> {
  return {
    'accept-encoding': 'identity',
    'user-agent': userAgent,
    'idempotency-key': `"${context.executionId}"`,
    'x-scheduler-execution-id': context.executionId,
    'x-scheduler-job-id': context.jobId,
    'x-scheduler-schedule-id': context.scheduleId ?? '',
    'x-scheduler-scheduled-for': context.scheduledFor,
    'x-scheduler-attempt': String(context.attempt),
    'x-scheduler-max-attempts': String(context.maxAttempts),
    'x-scheduler-trigger': context.trigger,
    'x-scheduler-deadline': context.deadline,
    ...(context.retryOf === null ? {} : { 'x-scheduler-retry-of': context.retryOf }),
    ...(context.traceparent === null ? {} : { traceparent: context.traceparent }),
  };
}

function publicHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const isPublic = (name: string): boolean => HEADERS_FOR_ANY_ORIGIN.has(name) || isReservedHeader(name);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isPublic(name)));
}
