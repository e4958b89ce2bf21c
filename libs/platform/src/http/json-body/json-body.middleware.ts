import { ProblemError, validationProblem } from '@app/platform/problem';
import { json, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { jsonFaults } from './json-faults.js';

const LIMIT_BYTES = 1024 * 1024;
/** `application/json` and its kin, such as `application/merge-patch+json`. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/i;

/** The only way a body comes in: JSON in UTF-8, uncompressed, up to 1 MB, that Postgres can store as it is. */
export function jsonBody(): RequestHandler[] {
  const parse = json({
    limit: LIMIT_BYTES,
    inflate: false,
    strict: false,
    type: () => true,
  });
  return [refuseOtherTypes, parse, refuseFaultyJson];
}

/** Checked before reading: express would leave a body it does not understand unread and go on without one. */
function refuseOtherTypes(request: Request, _response: Response, next: NextFunction): void {
  if (!hasBody(request)) return next();
  const [type = ''] = (request.get('Content-Type') ?? '').split(';');
  if (JSON_TYPE.test(type.trim())) return next();
  const given = type === '' ? 'no Content-Type' : `Content-Type ${type.trim().slice(0, 80)}`;
  const detail = `The body has ${given}; it must be application/json.`;
  next(new ProblemError('unsupported_media_type', 'unsupported_media_type', detail));
}

function hasBody(request: Request): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

function refuseFaultyJson(request: Request, _response: Response, next: NextFunction): void {
  const faults = request.body === undefined ? [] : jsonFaults(request.body);
  next(faults.length === 0 ? undefined : validationProblem(faults));
}
