import type { Queryable } from '@app/platform/database';
import { PRUNE_REVOKED } from './keys.sql.js';

/** Nobody can ask for one; while it is there, its service is not deleted. */
export async function pruneRevokedKeys(database: Queryable, retentionDays: number): Promise<void> {
  await database.query(PRUNE_REVOKED, [retentionDays]);
}
