import {
  type FieldError,
  malformedBody,
  malformedJson,
  ProblemError,
  validationProblem,
} from '@app/platform/problem';
import { type NextFunction, raw, type Request, type RequestHandler } from 'express';
import { jsonFaults } from './json-faults.js';
import { jsonTextFaults } from './json-text-faults.js';
import { staysUnread } from './unread-body.js';

const LIMIT_BYTES = 1024 * 1024;
/** `application/json` and its kin, such as `application/merge-patch+json`, but for the other kind of patch (RFC 6902). */
const JSON_TYPE = /^application\/(?!json-patch\+)(?:[\w.-]+\+)?json$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)"?/i;

/** The only way a body comes in: JSON in UTF-8, uncompressed, up to 1 MB, that Postgres can store as it is. */
export function jsonBody(): RequestHandler {
  const read = raw({ limit: LIMIT_BYTES, inflate: false, type: () => true });
  return (request, response, next) => {
    if (!hasBody(request) || staysUnread(request)) return next();
    const fault = faultOfType(request);
    if (fault !== null) return next(fault);
    read(request, response, (error?: unknown) => (error === undefined ? parse(request, next) : next(error)));
  };
}

/** Asked before reading: express would leave a body it does not understand unread and go on without one. */
function faultOfType(request: Request): ProblemError | null {
  const contentType = request.get('Content-Type') ?? '';
  const [type = ''] = contentType.split(';');
  if (!JSON_TYPE.test(type.trim())) return unsupportedType(type.trim());
  const charset = CHARSET.exec(contentType)?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) ? null : unsupportedCharset();
}

function hasBody(request: Request): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

function unsupportedType(type: string): ProblemError {
  const given = type === '' ? 'no Content-Type' : `Content-Type ${type.slice(0, 80)}`;
  const detail = `The body has ${given}; it must be application/json.`;
  return new ProblemError('unsupported_media_type', 'unsupported_media_type', detail);
}

function unsupportedCharset(): ProblemError {
  return new ProblemError('unsupported_media_type', 'unsupported_charset', 'The body must be JSON in UTF-8.');
}

/** A chunked body without bytes counts as none; any other empty body does not get here. */
function parse(request: Request, next: NextFunction): void {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes)) return next();
  try {
    request.body = bytes.length === 0 ? undefined : parsed(decoded(bytes));
    next();
  } catch (error) {
    next(error);
  }
}

/** Strictly: a decoder that puts U+FFFD for each wrong byte stores what nobody sent. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformedBody('malformed_text', 'The body has bytes that are not UTF-8.');
  }
}

/** @throws ProblemError with the first twenty faults */
function parsed(text: string): unknown {
  const body = parsedOrNothing(text);
  if (body === undefined) throw malformedJson(text);
  throwIfAny(jsonFaults(body));
  throwIfAny(jsonTextFaults(text)); // Second, since its pointers are as long as the nesting is deep.
  return body;
}

function throwIfAny(faults: readonly FieldError[]): void {
  if (faults.length > 0) throw validationProblem(faults);
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
