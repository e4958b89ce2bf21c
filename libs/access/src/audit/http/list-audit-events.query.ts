import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { AUDIT_ACTIONS, type AuditAction, type AuditFilter, RESOURCE_TYPES } from '@app/audit';
import { IsAfterFrom, IsInstant, LIST_HINT, PageQuery, QueryList } from '@app/platform/http';

export class ListAuditEventsQuery extends PageQuery {
  @ApiPropertyOptional({ maxLength: 300, example: 'key:01981b5e-7c00-7000-8000-0123456789ab' })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  actor?: string;

  @ApiPropertyOptional({ enum: AUDIT_ACTIONS, isArray: true, description: LIST_HINT })
  @IsOptional()
  @QueryList()
  @IsIn(AUDIT_ACTIONS, { each: true })
  action?: AuditAction[];

  @ApiPropertyOptional({ enum: RESOURCE_TYPES, isArray: true, description: LIST_HINT })
  @IsOptional()
  @QueryList()
  @IsIn(RESOURCE_TYPES, { each: true })
  resourceType?: string[];

  @ApiPropertyOptional({ maxLength: 300, description: 'An id; the name of a secret, the slug of a service.' })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  resourceId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: '`at` at or after this instant.' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: '`at` before this instant.' })
  @IsOptional()
  @IsInstant()
  @IsAfterFrom()
  to?: string;
}

export function toAuditFilter(query: ListAuditEventsQuery): AuditFilter {
  const { actor, action: actions, resourceType: resourceTypes, resourceId } = query;
  const [from, to] = [query.from, query.to].map((text) => (text === undefined ? undefined : new Date(text)));
  return { actor, actions, resourceTypes, resourceId, from, to };
}
