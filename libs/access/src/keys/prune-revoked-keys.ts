import type { Queryable } from '@app/platform/database';
import { PRUNE_REVOKED } from './keys.sql.js';

/** Revoked keys are shown to nobody; but while one is there, its service cannot be deleted. */
export async function pruneRevokedKeys(database: Queryable, retentionDays: number): Promise<void> {
  await database.query(PRUNE_REVOKED, [retentionDays]);
}
