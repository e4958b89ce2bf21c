import type { AuditAction, Change } from '@app/audit';
import type { Schedule } from './domain/schedule.js';

type Done<A> = A extends `schedule.${infer Verb}` ? Verb : never;

/** What the audit keeps of a change to a schedule; where it is made or deleted, the other side is null. */
export function changeOf(
  done: Done<AuditAction>,
  before: Schedule | null,
  after: Schedule | null,
  reason: string | null = null,
): Change {
  const { service, id } = (after ?? before)!;
  return { service, action: `schedule.${done}`, resourceId: id, before, after, reason };
}

/** What a change made of `current`, as it is stored. */
export function nextVersionOf(current: Schedule, made: Schedule, now: Date): Schedule {
  return { ...made, version: current.version + 1, updatedAt: now };
}
