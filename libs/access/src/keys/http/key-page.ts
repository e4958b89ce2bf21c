import { cursorOf, mapPage, type Page, pageOf, type PageQuery } from '@app/platform/http';
import type { ApiKey } from '../api-key.js';
import type { KeyWindow } from '../keys.repository.js';
import { type KeyResponse, toKeyResponse } from './key.response.js';

const CURSOR = cursorOf('keys', ['uuid']);

/** A page of the keys that `list` gives, newest first. */
export async function keyPage(
  { limit, cursor }: PageQuery,
  list: (window: KeyWindow) => Promise<ApiKey[]>,
): Promise<Page<KeyResponse>> {
  const [beforeId] = CURSOR.read(cursor) ?? [];
  const rows = await list({ limit: limit + 1, beforeId });
  return mapPage(
    pageOf(rows, limit, CURSOR, (key) => [key.id]),
    toKeyResponse,
  );
}
