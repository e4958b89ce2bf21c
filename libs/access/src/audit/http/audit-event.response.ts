import { ApiProperty } from '@nestjs/swagger';
import { AUDIT_ACTIONS, type AuditEvent, RESOURCE_TYPES } from '@app/audit';
import { ID, INSTANT } from '@app/platform/http';

const FIELDS = { type: 'object', nullable: true, additionalProperties: true } as const;

export class AuditEventResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty({ example: 'default' })
  service!: string;

  @ApiProperty(INSTANT)
  at!: string;

  @ApiProperty({
    example: 'key:01981b5e-7c00-7000-8000-0123456789ab',
    description: '`key:<id>`, `person:<subject>`, `anonymous` without access control, or `scheduler`.',
  })
  actor!: string;

  @ApiProperty({ enum: AUDIT_ACTIONS, example: 'job.updated' })
  action!: string;

  @ApiProperty({ enum: RESOURCE_TYPES, example: 'job' })
  resourceType!: string;

  @ApiProperty({ example: '01981b5e-7c00-7000-8000-0123456789ab' })
  resourceId!: string;

  @ApiProperty({
    ...FIELDS,
    example: { timeoutMs: 60000 },
    description: 'The fields that differ, as they were before; null where one was not there.',
  })
  before!: Readonly<Record<string, unknown>> | null;

  @ApiProperty({
    ...FIELDS,
    example: { timeoutMs: 90000 },
    description: 'The same fields as they are now; null where one is gone.',
  })
  after!: Readonly<Record<string, unknown>> | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'The reason, if one was given.' })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '01981b5e-7c00-7000-8000-0123456789ab' })
  requestId!: string | null;
}

/** The white list of what leaves the service. */
export function toAuditEventResponse(event: AuditEvent): AuditEventResponse {
  return {
    id: event.id,
    service: event.service,
    at: event.at.toISOString(),
    actor: event.actor,
    action: event.action,
    resourceType: event.resourceType,
    resourceId: event.resourceId,
    before: event.before,
    after: event.after,
    reason: event.reason,
    requestId: event.requestId,
  };
}
