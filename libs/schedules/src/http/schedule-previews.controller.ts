import { Body, Controller, Get, HttpCode, Param, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { instantIn, Post } from '@app/platform/http';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { SchedulePreviews } from '../schedule-previews.js';
import { PreviewScheduleRequest, PreviewStoredQuery } from './preview.request.js';
import { PreviewResponse, toPreviewResponse } from './preview.response.js';
import { NO_SUCH_SCHEDULE, UNREADABLE } from './problem-descriptions.js';
import { toWantedSchedule } from './schedule-definition.request.js';
import { PREVIEW_EXAMPLES } from './schedule-examples.js';

@ApiTags('schedules')
@Controller('schedules')
export class SchedulePreviewsController {
  constructor(private readonly previews: SchedulePreviews) {}

  @Post('preview')
  @RequireScopes('schedules:read')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'previewSchedule',
    summary: 'When a schedule would fire, without storing it',
    description:
      'Takes every member of a schedule. Instants that its calendars exclude are left out, and there are at most `maxRuns`.',
  })
  @ApiBody({ type: PreviewScheduleRequest, examples: PREVIEW_EXAMPLES })
  @ApiOkResponse({ type: PreviewResponse })
  async preview(
    @Body() body: PreviewScheduleRequest,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<PreviewResponse> {
    const { from, count } = body;
    const wanted = toWantedSchedule(body);
    return toPreviewResponse(await this.previews.ofUnsaved(service, wanted, instantIn(from), count));
  }

  @Get(':scheduleId/preview')
  @RequireScopes('schedules:read')
  @ApiOperation({ operationId: 'previewStoredSchedule', summary: 'When a schedule will fire' })
  @ApiOkResponse({ type: PreviewResponse })
  @ApiNotFoundResponse(NO_SUCH_SCHEDULE)
  @ApiConflictResponse(UNREADABLE)
  async previewStored(
    @Param('scheduleId') scheduleId: string,
    @Query() { count }: PreviewStoredQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<PreviewResponse> {
    return toPreviewResponse(await this.previews.ofStored(service, scheduleId, count));
  }
}
