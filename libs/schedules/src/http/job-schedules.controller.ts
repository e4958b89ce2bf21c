import { Body, Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNotFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { demandScopeToRun, JobsService } from '@app/jobs';
import { ApiPage, type Page, Post } from '@app/platform/http';
import { SchedulesService } from '../schedules.service.js';
import { ListJobSchedulesQuery } from './list-schedules.query.js';
import { NO_SUCH_JOB } from './problem-descriptions.js';
import { SCHEDULE_EXAMPLES } from './schedule-examples.js';
import { toWantedSchedule } from './schedule-definition.request.js';
import { schedulePage } from './schedule-page.js';
import { ScheduleRequest } from './schedule.request.js';
import { ScheduleResponse, toScheduleResponse } from './schedule.response.js';

@ApiTags('schedules')
@Controller('jobs/:jobId/schedules')
export class JobSchedulesController {
  constructor(
    private readonly jobs: JobsService,
    private readonly schedules: SchedulesService,
  ) {}

  @Get()
  @RequireScopes('schedules:read')
  @ApiOperation({ operationId: 'listJobSchedules', summary: 'List the schedules of a job, newest first' })
  @ApiPage(ScheduleResponse)
  @ApiNotFoundResponse(NO_SUCH_JOB)
  async list(
    @Param('jobId') jobId: string,
    @Query() query: ListJobSchedulesQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<ScheduleResponse>> {
    const job = await this.jobs.get(service, jobId);
    return schedulePage(this.schedules, service, { ...query, jobId: job.id });
  }

  @Post()
  @RequireScopes('schedules:write')
  @ApiOperation({ operationId: 'createSchedule', summary: 'Create a schedule for a job' })
  @ApiBody({ type: ScheduleRequest, examples: SCHEDULE_EXAMPLES })
  @ApiCreatedResponse({ type: ScheduleResponse, description: 'Created; `Location` says where.' })
  @ApiNotFoundResponse(NO_SUCH_JOB)
  async create(
    @Param('jobId') jobId: string,
    @Body() body: ScheduleRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ScheduleResponse> {
    await demandScopeToRun(this.jobs, principal, () => jobId);
    const schedule = await this.schedules.create(principal.service, jobId, toWantedSchedule(body));
    response.location(`/schedules/${schedule.id}`);
    return toScheduleResponse(schedule);
  }
}
