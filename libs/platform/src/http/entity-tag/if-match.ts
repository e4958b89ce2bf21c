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

/** As `IfMatch`; where that header is absent, the `version` of a body that was read, as a resource that is sent back has one. */
export const VersionSeen = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context
    .switchToHttp()
    .getRequest<Request<unknown, unknown, { version?: unknown } | null>>();
  const version = request.body?.version;
  const isSeen = request.get('If-Match') === undefined && Number.isSafeInteger(version);
  return isSeen ? version : versionAskedFor(request);
});

/**
 * What a PUT that may create asks for: `present` for `If-Match: *`, `absent` for `If-None-Match: *` (RFC 9110, 13.1), else null.
 */
export const ExistenceAskedFor = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<Request>();
  if (request.get('If-None-Match')?.trim() === '*') return 'absent';
  return request.get('If-Match')?.trim() === '*' ? 'present' : null;
});

export type Existence = 'present' | 'absent';

function versionAskedFor(request: Pick<Request, 'get' | 'app'>): number | null {
  const header = request.get('If-Match');
  const isConditional = header !== undefined || request.get('If-None-Match') !== undefined;
  if (!isConditional && request.app.get(IF_MATCH_REQUIRED) === true) throw unconditional();
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
