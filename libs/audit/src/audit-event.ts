/** What may be done to what; the part before the dot is the type of the resource. */
export const AUDIT_ACTIONS = [
  'job.created',
  'job.updated',
  'job.activated',
  'job.deactivated',
  'job.deleted',
  'schedule.created',
  'schedule.updated',
  'schedule.paused',
  'schedule.resumed',
  'schedule.deleted',
  'calendar.created',
  'calendar.updated',
  'calendar.deleted',
  'execution.requested',
  'execution.retried',
  'execution.cancelled',
  'bulk_operation.started',
  'bulk_operation.cancelled',
  'key.created',
  'key.rotated',
  'key.revoked',
  'secret.created',
  'secret.updated',
  'secret.deleted',
  'signing_secret.created',
  'signing_secret.deleted',
  'service.created',
  'service.updated',
  'service.deleted',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const RESOURCE_TYPES = [...new Set(AUDIT_ACTIONS.map(resourceTypeOf))];

export type Fields = Readonly<Record<string, unknown>>;

/** Who changed what. */
export interface AuditEvent {
  readonly id: string;
  readonly service: string;
  readonly at: Date;
  /** A principal's actor, or `scheduler` for what the clockwork did by itself. */
  readonly actor: string;
  readonly action: AuditAction;
  readonly resourceType: string;
  readonly resourceId: string;
  /** The fields that differ, as they were; null for what was not there. */
  readonly before: Fields | null;
  /** The same as they are now; null for what is gone. */
  readonly after: Fields | null;
  readonly reason: string | null;
  readonly requestId: string | null;
}

export function resourceTypeOf(action: AuditAction): string {
  return action.slice(0, action.indexOf('.'));
}
