import { applyDecorators } from '@nestjs/common';
import { IsArray, IsObject, IsString } from 'class-validator';
import { Refuses } from '@app/platform/http';
import { findReferenceFault, hasReferenceInHost, isReservedHeader } from '@app/targets';
import { KeptAsIs } from './json-rules.js';

const MAX_URL_LENGTH = 2_048;
export const MAX_HEADERS = 50;
export const MAX_HEADER_VALUE_LENGTH = 8_192;
export const MAX_SUCCESS_PATTERNS = 50;

/** `\` is a path separator to a URL parser and nothing of the kind to a reader. */
const UNSAFE_IN_URL = /[\s\p{Cc}\\]/u;
/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/** RFC 9110 §5.5: no CR and LF, which would begin another header. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SUCCESS_PATTERN = /^[1-5](\d\d|xx)$/i;

export function IsTargetUrl(): PropertyDecorator {
  return applyDecorators(IsString(), Refuses('invalid_url', findUrlFault));
}

export function IsHeaders(): PropertyDecorator {
  return applyDecorators(KeptAsIs(), IsObject(), Refuses('invalid_headers', findHeadersFault));
}

export function IsSuccessStatus(): PropertyDecorator {
  return applyDecorators(IsArray(), Refuses('invalid_success_status', findSuccessStatusFault));
}

function findUrlFault(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (value.length > MAX_URL_LENGTH) return `must have at most ${MAX_URL_LENGTH} characters`;
  if (!/^https?:\/\/[^/?#]/i.test(value)) return 'must be an absolute URL beginning with http:// or https://';
  if (UNSAFE_IN_URL.test(value))
    return 'must not contain white space, control characters or a backslash: percent-encode them';
  if (hasReferenceInHost(value)) return 'must not take its host or port from a secret';
  const fault = findReferenceFault(value);
  if (fault !== null) return fault;
  if (!URL.canParse(value)) return 'must be a valid URL';
  const { username, password } = new URL(value);
  return username || password
    ? 'must not contain a user name or password: use an Authorization header'
    : null;
}

function findHeadersFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const headers = Object.entries(value);
  if (headers.length > MAX_HEADERS) return `must have at most ${MAX_HEADERS} entries`;
  const names = headers.map(([name]) => name.toLowerCase());
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) return `must not name ${repeated} twice`;
  return headers.map(findHeaderFault).find((fault) => fault !== null) ?? null;
}

function findHeaderFault([name, value]: [string, unknown]): string | null {
  const lowerCased = name.toLowerCase();
  if (!TOKEN.test(name)) return `must not have the name ${JSON.stringify(name)}: it is no HTTP header name`;
  if (isReservedHeader(lowerCased)) return `must not set ${name}: the scheduler sets it`;
  if (typeof value !== 'string') return `must have a string for ${name}`;
  if (value.length > MAX_HEADER_VALUE_LENGTH)
    return `must have at most ${MAX_HEADER_VALUE_LENGTH} characters for ${name}`;
  if (!FIELD_VALUE.test(value)) return `must not have line breaks or non-Latin-1 characters for ${name}`;
  const fault = findReferenceFault(value);
  return fault === null ? null : `${fault}, for ${name}`;
}

function findSuccessStatusFault(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  if (value.length === 0) return 'must have at least 1 item';
  if (value.length > MAX_SUCCESS_PATTERNS) return `must have at most ${MAX_SUCCESS_PATTERNS} items`;
  const fits = (item: unknown) => typeof item === 'string' && SUCCESS_PATTERN.test(item);
  return value.every(fits) ? null : 'must list statuses such as "204" or classes such as "2xx"';
}
