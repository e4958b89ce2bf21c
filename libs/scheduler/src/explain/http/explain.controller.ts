import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { Clock } from '@app/platform/clock';
import { ScheduleExplainer } from '../schedule-explainer.js';
import { ExplainQuery, windowOf } from './explain.query.js';
import { ExplainResponse, toExplainResponse } from './explain.response.js';

@ApiTags('schedules')
@Controller('schedules')
export class ExplainController {
  constructor(
    private readonly explainer: ScheduleExplainer,
    private readonly clock: Clock,
  ) {}

  @Get(':scheduleId/explain')
  @RequireScopes('schedules:read')
  @ApiOperation({
    operationId: 'explainSchedule',
    summary: 'Explain why it ran or did not: every instant of a window with its verdict',
  })
  @ApiOkResponse({ type: ExplainResponse })
  @ApiNotFoundResponse({ description: 'There is no such schedule, or it was deleted.' })
  async explain(
    @Param('scheduleId') scheduleId: string,
    @Query() query: ExplainQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<ExplainResponse> {
    const window = windowOf(query, this.clock.now());
    return toExplainResponse(await this.explainer.explain(service, scheduleId, window));
  }
}
