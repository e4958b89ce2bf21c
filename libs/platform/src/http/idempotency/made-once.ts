import { countOf } from '@app/platform/database';
import { currentKeyUse } from '@app/platform/request-context';
import type { EntityManager } from 'typeorm';
import { stillRunning } from './idempotency-faults.js';
import * as sql from './idempotency-keys.sql.js';

/**
 * What an earlier try of this request made before its answer was lost: `null` for a first try, and without a key. A handler
 * that makes something answers with that instead of making another.
 */
export function madeBefore(): string | null {
  return currentKeyUse()?.madeId ?? null;
}

/**
 * Call it in the transaction that makes something: the id is kept with the request's key or neither is. Whoever was so slow
 * that another took the key over makes nothing.
 * @throws ProblemError `idempotency_key_in_use`
 */
export async function rememberMade(tx: EntityManager, id: string): Promise<void> {
  const use = currentKeyUse();
  if (use === null) return;
  const kept = await countOf(tx, sql.REMEMBER_MADE, [use.service, use.key, use.lock, id]);
  if (kept === 0) throw stillRunning();
}
