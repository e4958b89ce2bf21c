import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Put, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { JobsService } from '@app/jobs';
import {
  ApiMergePatch,
  ApiPage,
  AS_IT_WAS_READ,
  IF_MATCH,
  IfMatch,
  type Page,
  VersionSeen,
} from '@app/platform/http';
import type { Schedule } from '../domain/schedule.js';
import type { WantedSchedule } from '../schedule-definition.js';
import { SchedulesService } from '../schedules.service.js';
import { demandScopeToReschedule } from './command-scope.js';
import { ListSchedulesQuery } from './list-schedules.query.js';
import { NO_SUCH_SCHEDULE, NOTHING_LEFT_TO_RESUME, STALE } from './problem-descriptions.js';
import { patchedSchedule, replacingSchedule } from './schedule-definition.request.js';
import { SCHEDULE_EXAMPLES, SCHEDULE_PATCH_EXAMPLES } from './schedule-examples.js';
import { schedulePage } from './schedule-page.js';
import { ScheduleRequest } from './schedule.request.js';
import { ScheduleResponse, toScheduleResponse } from './schedule.response.js';

@ApiTags('schedules')
@Controller('schedules')
export class SchedulesController {
  constructor(
    private readonly schedules: SchedulesService,
    private readonly jobs: JobsService,
  ) {}

  @Get()
  @RequireScopes('schedules:read')
  @ApiOperation({ operationId: 'listSchedules', summary: 'List the schedules of all jobs, newest first' })
  @ApiPage(ScheduleResponse)
  list(
    @Query() query: ListSchedulesQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<ScheduleResponse>> {
    return schedulePage(this.schedules, service, query);
  }

  /** It moves on as it fires, which is no new version. */
  @Get(':scheduleId')
  @Header('Cache-Control', 'no-store')
  @RequireScopes('schedules:read')
  @ApiOperation({ operationId: 'getSchedule', summary: 'Get a schedule' })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiNotFoundResponse(NO_SUCH_SCHEDULE)
  async get(
    @Param('scheduleId') scheduleId: string,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<ScheduleResponse> {
    return toScheduleResponse(await this.schedules.get(service, scheduleId));
  }

  /** The body is not typed as a DTO, for it may hold what only the stored schedule can be compared with. */
  @Put(':scheduleId')
  @RequireScopes('schedules:write')
  @ApiOperation({
    operationId: 'replaceSchedule',
    summary: 'Replace a schedule: what is left out takes its default',
    description: `New timing counts from now. Any other change leaves \`nextRunAt\` as it is. ${AS_IT_WAS_READ}`,
  })
  @ApiBody({ type: ScheduleRequest, examples: SCHEDULE_EXAMPLES })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_SCHEDULE)
  @ApiConflictResponse(NOTHING_LEFT_TO_RESUME)
  @ApiPreconditionFailedResponse(STALE)
  async replace(
    @Param('scheduleId') scheduleId: string,
    @Body() body: unknown,
    @VersionSeen() expectedVersion: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ScheduleResponse> {
    return this.change(principal, scheduleId, expectedVersion, (schedule) =>
      replacingSchedule(schedule, body),
    );
  }

  /** The body is not typed as a DTO: only the document that results from the patch can be judged. */
  @Patch(':scheduleId')
  @RequireScopes('schedules:write')
  @ApiOperation({
    operationId: 'updateSchedule',
    summary: 'Change parts of a schedule by a merge patch (RFC 7396)',
    description: AS_IT_WAS_READ,
  })
  @ApiMergePatch(ScheduleRequest, SCHEDULE_PATCH_EXAMPLES)
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_SCHEDULE)
  @ApiConflictResponse(NOTHING_LEFT_TO_RESUME)
  @ApiPreconditionFailedResponse(STALE)
  async update(
    @Param('scheduleId') scheduleId: string,
    @Body() patch: unknown,
    @VersionSeen() expectedVersion: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ScheduleResponse> {
    return this.change(principal, scheduleId, expectedVersion, (schedule) =>
      patchedSchedule(schedule, patch),
    );
  }

  @Delete(':scheduleId')
  @RequireScopes('schedules:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteSchedule', summary: 'Delete a schedule; its executions stay' })
  @ApiNoContentResponse()
  @ApiHeader(IF_MATCH)
  @ApiNotFoundResponse(NO_SUCH_SCHEDULE)
  @ApiPreconditionFailedResponse(STALE)
  async delete(
    @Param('scheduleId') scheduleId: string,
    @IfMatch() expectedVersion: number | null,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<void> {
    await this.schedules.delete(service, scheduleId, expectedVersion);
  }

  private async change(
    principal: Principal,
    scheduleId: string,
    expectedVersion: number | null,
    decide: (schedule: Schedule) => Promise<WantedSchedule>,
  ): Promise<ScheduleResponse> {
    const { service } = principal;
    await demandScopeToReschedule(this.jobs, this.schedules, principal, scheduleId);
    return toScheduleResponse(await this.schedules.change(service, scheduleId, expectedVersion, decide));
  }
}
