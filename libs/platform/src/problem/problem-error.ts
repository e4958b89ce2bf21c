export type ProblemKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'precondition_failed'
  | 'precondition_required'
  | 'too_large'
  | 'unsupported_media_type'
  | 'unprocessable'
  | 'too_many'
  | 'unavailable';

export interface FieldError {
  /** RFC 6901 pointer into the body, or `/name` of a query or path parameter; empty for the body as a whole. */
  readonly pointer: string;
  /** A stable slug for programs. */
  readonly code: string;
  /** A sentence for people. */
  readonly detail: string;
}

/** What the answer says besides its body. */
export interface ProblemExtra {
  readonly retryAfterSeconds?: number;
  /** Which credential would do (RFC 9110, 11.6.1): `WWW-Authenticate`. */
  readonly challenge?: string;
}

/**
 * A request that cannot be met, for a reason its sender should hear. Knows a kind and a slug but no HTTP, so that
 * domain code may throw it.
 */
export class ProblemError extends Error {
  constructor(
    readonly kind: ProblemKind,
    readonly code: string,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    readonly extra: ProblemExtra = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
  }
}
