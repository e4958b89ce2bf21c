import { type Queryable, rowsOf } from '@app/platform/database';
import { OWNED_ANYTHING } from './audit.sql.js';

/** Whether the log remembers anything that a service of this name owned, be it deleted by now. */
export async function ownedAnything(tx: Queryable, service: string): Promise<boolean> {
  return (await rowsOf(tx, OWNED_ANYTHING, [service])).length > 0;
}
