import { type OpenAPIObject } from '@nestjs/swagger';
import { type FieldError, type Problem } from '@app/platform/problem';
import { STATUS_CODES } from 'node:http';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const FIELD_ERROR = {
  type: 'object',
  required: ['pointer', 'code', 'detail'],
  properties: {
    pointer: { type: 'string', description: 'RFC 6901 pointer into the body, or `/name` of a parameter.' },
    code: { type: 'string', description: 'A stable slug for programs.' },
    detail: { type: 'string', description: 'A sentence for people.' },
  },
} as const;

export const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId', 'errors'],
  properties: {
    type: { type: 'string', description: '`urn:scheduler:problem:` followed by the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence for people.' },
    instance: { type: 'string', description: 'The path of the request.' },
    code: { type: 'string', description: 'A stable slug for programs.' },
    requestId: {
      type: 'string',
      description: 'As in `X-Request-Id`; identifies the request in the logs of the service.',
    },
    errors: { type: 'array', items: { ...FIELD_ERROR } },
  },
} as unknown as Schemas[string];

interface Sample {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

const REQUIRED_NAME: FieldError = { pointer: '/name', code: 'required', detail: 'name is required' };

const SAMPLES: Readonly<Record<number, Sample>> = {
  400: { code: 'validation_failed', detail: 'The request is not valid: see /name.', errors: [REQUIRED_NAME] },
  401: { code: 'credentials_invalid', detail: 'This API key is not valid.' },
  403: { code: 'scope_missing', detail: 'This needs the scope jobs:write.' },
  404: { code: 'not_found', detail: 'There is no such resource.' },
  409: { code: 'conflict', detail: 'The resource is not in a state that allows this.' },
  412: { code: 'stale_version', detail: 'If-Match does not name the current version.' },
  413: { code: 'body_too_large', detail: 'The body is larger than 1048576 bytes.' },
  415: {
    code: 'unsupported_media_type',
    detail: 'The body has Content-Type text/plain; it must be application/json.',
  },
  422: {
    code: 'idempotency_key_reused',
    detail: 'This Idempotency-Key was used for a request that asked something else.',
  },
  428: { code: 'if_match_required', detail: 'This installation takes a change only with If-Match.' },
  429: {
    code: 'rate_limited',
    detail: 'This credential has used its 6000 requests for this minute. Retry in 12 s.',
  },
  503: {
    code: 'dependency_unavailable',
    detail: 'A service this one depends on does not answer at the moment. Try again.',
  },
};

export function problemExample(status: number, path: string): Problem {
  const {
    code,
    detail,
    errors = [],
  } = SAMPLES[status] ?? { code: 'error', detail: 'Something else is wrong.' };
  return {
    type: `urn:scheduler:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: path,
    code,
    requestId: '01a207ec-1b7d-733d-b96a-c030a9f09c58',
    errors,
  };
}
