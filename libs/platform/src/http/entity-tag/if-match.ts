import { ProblemError, validationProblem } from '@app/platform/problem';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';

const STRONG = /^"([\x21\x23-\x7e\x80-\xff]*)"$/;
const WEAK = /^W\/"[\x21\x23-\x7e\x80-\xff]*"$/;

/** A setting of the Express application: whether a change without `If-Match` is refused. */
export const IF_MATCH_REQUIRED = 'if-match required';

/** Which version the caller has seen; null when it does not matter. */
export type ExpectedVersion = number | null;

/**
 * The version that `If-Match` asks for; `null` when the header is absent or `*`, which any version meets. Type the
 * parameter `number | null`.
 */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  versionAskedFor(context.switchToHttp().getRequest<Request>()),
);

/**
 * As `IfMatch`; where that header is absent, the `version` of a body that was read, as a resource that is sent back has one.
 * In a patch `version` alone would be a change, which is refused; so there the body has to have more of what was read.
 */
export const VersionSeen = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<Request<unknown, unknown, MaybeRead | null>>();
  const { version, createdAt } = request.body ?? {};
  const wasRead = Number.isSafeInteger(version) && (request.method !== 'PATCH' || createdAt !== undefined);
  return request.get('If-Match') === undefined && wasRead ? version : versionAskedFor(request);
});

interface MaybeRead {
  readonly version?: unknown;
  readonly createdAt?: unknown;
}

export type Existence = 'present' | 'absent';

/**
 * What a PUT that may create asks for: the version of `If-Match`, `present` for its `*`, `absent` for `If-None-Match: *`
 * (RFC 9110, 13.1), else null.
 */
export const StateAskedFor = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<Request>();
  if (request.get('If-None-Match')?.trim() === '*') return 'absent';
  return versionAskedFor(request) ?? (request.get('If-Match') === undefined ? null : 'present');
});

function versionAskedFor(request: Pick<Request, 'get' | 'app' | 'method'>): number | null {
  const header = request.get('If-Match');
  // A POST makes something of its own.
  const isRequired = request.app.get(IF_MATCH_REQUIRED) === true && request.method !== 'POST';
  if (isRequired && header === undefined) throw unconditional();
  return parseIfMatch(header);
}

/** @throws ProblemError 412 for a tag that cannot be current, 400 for what is no tag */
function parseIfMatch(header: string | undefined): number | null {
  const given = header?.trim();
  if (given === undefined || given === '*') return null;
  const tag = STRONG.exec(given)?.[1];
  if (tag !== undefined && /^\d{1,15}$/.test(tag)) return Number(tag);
  if (tag !== undefined || WEAK.test(given)) throw stale();
  const detail = 'If-Match must be one entity tag as ETag gave it, such as "7", or *';
  throw validationProblem([{ pointer: '/If-Match', code: 'invalid_entity_tag', detail }]);
}

/** If-Match compares strongly (RFC 9110, 13.1.1), so that a weak tag never matches; nor does one we never gave. */
function stale(): ProblemError {
  return new ProblemError(
    'precondition_failed',
    'stale_version',
    'If-Match does not name the current version.',
  );
}

/** RFC 6585, 3: whoever changes what another has changed meanwhile should learn of it. */
function unconditional(): ProblemError {
  return new ProblemError(
    'precondition_required',
    'if_match_required',
    'This installation takes a change only with If-Match: the ETag of the version it was made for, or * for any.',
  );
}
