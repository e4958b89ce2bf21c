import { Controller, Get, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditEventsRepository } from '@app/audit';
import { ApiPage, cursorOf, mapPage, type Page, pageOf } from '@app/platform/http';
import { CurrentPrincipal, type Principal } from '../../principal.js';
import { RequireScopes } from '../../require-scopes.js';
import { AuditEventResponse, toAuditEventResponse } from './audit-event.response.js';
import { ListAuditEventsQuery, toAuditFilter } from './list-audit-events.query.js';

const CURSOR = cursorOf('audit-events', ['timestamp', 'uuid']);

@ApiTags('audit')
@Controller('audit-events')
export class AuditEventsController {
  constructor(private readonly events: AuditEventsRepository) {}

  @Get()
  @RequireScopes('audit:read')
  @ApiOperation({ operationId: 'listAuditEvents', summary: 'Who changed what, and why, newest first' })
  @ApiPage(AuditEventResponse)
  @ApiBadRequestResponse({ description: 'The query is not valid; `errors` says what is wrong.' })
  async list(
    @Query() query: ListAuditEventsQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<AuditEventResponse>> {
    const { limit, cursor } = query;
    const [at, id] = CURSOR.read(cursor) ?? [];
    const before = at === undefined || id === undefined ? undefined : { at, id };
    const rows = await this.events.list(service, toAuditFilter(query), { limit: limit + 1, before });
    return mapPage(
      pageOf(rows, limit, CURSOR, (event) => [event.at.toISOString(), event.id]),
      toAuditEventResponse,
    );
  }
}
