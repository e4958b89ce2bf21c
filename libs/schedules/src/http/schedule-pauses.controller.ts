import { Body, Controller, HttpCode, Param } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiExtraModels,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { Post } from '@app/platform/http';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { JobsService } from '@app/jobs';
import { SchedulePauses } from '../schedule-pauses.js';
import { SchedulesService } from '../schedules.service.js';
import { demandScopeToReschedule } from './command-scope.js';
import { PauseScheduleRequest, ResumeScheduleRequest } from './pause.request.js';
import { FINISHED, NO_SUCH_SCHEDULE } from './problem-descriptions.js';
import { ResumePlanResponse, toResumePlanResponse } from './resume-plan.response.js';
import { ScheduleResponse, toScheduleResponse } from './schedule.response.js';

const SCHEDULE_OR_PLAN = {
  oneOf: [{ $ref: getSchemaPath(ScheduleResponse) }, { $ref: getSchemaPath(ResumePlanResponse) }],
};

@ApiTags('schedules')
@Controller('schedules/:scheduleId')
export class SchedulePausesController {
  constructor(
    private readonly pauses: SchedulePauses,
    private readonly schedules: SchedulesService,
    private readonly jobs: JobsService,
  ) {}

  @Post('pause')
  @RequireScopes('schedules:write')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'pauseSchedule',
    summary: 'Pause a schedule',
    description: 'A schedule that is already paused keeps its reason.',
  })
  @ApiBody({ type: PauseScheduleRequest, required: false })
  @ApiOkResponse({ type: ScheduleResponse })
  @ApiNotFoundResponse(NO_SUCH_SCHEDULE)
  async pause(
    @Param('scheduleId') scheduleId: string,
    @Body() { reason }: PauseScheduleRequest,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<ScheduleResponse> {
    return toScheduleResponse(await this.pauses.pause(service, scheduleId, reason));
  }

  @Post('resume')
  @RequireScopes('schedules:write')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resumeSchedule',
    summary: 'Resume a paused schedule; with `dryRun`, only say what would become of the instants it missed',
  })
  @ApiExtraModels(ResumePlanResponse)
  @ApiBody({ type: ResumeScheduleRequest, required: false })
  @ApiOkResponse({ schema: SCHEDULE_OR_PLAN, description: 'The schedule; of a dry run, its plan.' })
  @ApiNotFoundResponse(NO_SUCH_SCHEDULE)
  @ApiConflictResponse(FINISHED)
  async resume(
    @Param('scheduleId') scheduleId: string,
    @Body() { catchup, dryRun }: ResumeScheduleRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ScheduleResponse | ResumePlanResponse> {
    const { service } = principal;
    if (dryRun)
      return toResumePlanResponse(catchup, await this.pauses.planResume(service, scheduleId, catchup));
    await demandScopeToReschedule(this.jobs, this.schedules, principal, scheduleId);
    return toScheduleResponse(await this.pauses.resume(service, scheduleId, catchup));
  }
}
