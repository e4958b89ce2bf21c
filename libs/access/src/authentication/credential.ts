import type { Request } from 'express';
import { credentialsInvalid, credentialsMissing } from '../access.errors.js';
import { KEY_PREFIX } from '../keys/key-text.js';

/** What a caller presents: an API key, or a token of the identity provider. */
export type Credential =
  { readonly type: 'key'; readonly text: string } | { readonly type: 'token'; readonly text: string };

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** @throws ProblemError `credentials_missing`, `credentials_invalid` */
export function credentialOf(request: Request): Credential {
  const authorization = request.get('Authorization');
  const apiKey = request.get('X-API-Key');
  if (authorization !== undefined && apiKey !== undefined)
    throw credentialsInvalid('Send one credential: both Authorization and X-API-Key are there.');
  if (apiKey !== undefined) return { type: 'key', text: apiKey.trim() };
  if (authorization === undefined) throw credentialsMissing();
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined)
    throw credentialsInvalid('Authorization must be `Bearer` and one API key or token.');
  return { type: text.startsWith(KEY_PREFIX) ? 'key' : 'token', text };
}
