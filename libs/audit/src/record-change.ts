import { v7 as uuidv7 } from 'uuid';
import type { Queryable } from '@app/platform/database';
import { currentActor, currentRequestId } from '@app/platform/request-context';
import { type AuditAction, resourceTypeOf } from './audit-event.js';
import { RECORD_CHANGE } from './audit.sql.js';
import { changedFields } from './changed-fields.js';

/** Who does what nobody asked for, such as to pause a schedule whose target is gone or to cancel the runs of a deleted job. */
export const SCHEDULER_ACTOR = 'scheduler';

export interface Change {
  readonly service: string;
  readonly action: AuditAction;
  readonly resourceId: string;
  /** The resource as it was; left out where it was not there. */
  readonly before?: object | null;
  /** The resource as it is; left out where it is gone. */
  readonly after?: object | null;
  readonly reason?: string | null;
  /** Left out: whoever sent the request that is being answered. */
  readonly actor?: string;
}

/**
 * Keeps who changed what, why and in which request: in `tx`, the transaction of the change itself, so that there is neither
 * a change without its record nor a record of what was rolled back.
 */
export async function recordChange(tx: Queryable, change: Change): Promise<void> {
  await tx.query(RECORD_CHANGE, eventOf(change));
}

/** The columns of a change's event, in the order in which statements take them. */
export function eventOf(change: Change): unknown[] {
  const { service, action, resourceId, reason = null } = change;
  const { before, after } = changedFields(change.before ?? null, change.after ?? null);
  return [
    uuidv7(),
    service,
    change.actor ?? currentActor() ?? SCHEDULER_ACTOR,
    action,
    resourceTypeOf(action),
    resourceId,
    before,
    after,
    reason,
    currentRequestId(),
  ];
}
