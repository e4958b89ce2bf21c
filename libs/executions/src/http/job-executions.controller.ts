import { Body, Controller, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { validate as isUuid } from 'uuid';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { demandScopeToRun, jobNotFound, JobsService } from '@app/jobs';
import {
  ApiPage,
  currentTraceparent,
  mapPage,
  type Page,
  pageOf,
  Post,
  PreferWait,
} from '@app/platform/http';
import { ExecutionsService } from '../executions.service.js';
import { HistoryRepository } from '../history/history.repository.js';
import type { ExecutionSummary } from '../history/history.sql.js';
import { ACCEPTED, ENDED_IN_TIME, PREFER_WAIT } from './api-descriptions.js';
import { ExecuteRequest } from './execute.request.js';
import {
  ExecutionResponse,
  ExecutionSummaryResponse,
  toExecutionSummaryResponse,
} from './execution.response.js';
import {
  EXECUTIONS_CURSOR,
  ListJobExecutionsQuery,
  toHistoryFilter,
  toHistoryWindow,
} from './list-executions.query.js';
import { AcceptedExecution } from './waiting/accepted-execution.js';

const NO_SUCH_JOB = { description: 'There is no such job.' };
const EXAMPLES = {
  plain: { summary: 'With the parameters of the job', value: {} },
  parameters: { summary: 'With parameters of its own', value: { parameters: { greeting: 'hello' } } },
};

/** The runs of one job. */
@ApiTags('executions')
@Controller('jobs/:jobId')
export class JobExecutionsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly executions: ExecutionsService,
    private readonly history: HistoryRepository,
    private readonly accepted: AcceptedExecution,
  ) {}

  @Get('executions')
  @RequireScopes('executions:read')
  @ApiOperation({
    operationId: 'listJobExecutions',
    summary: 'List the executions of a job, newest first; also of one that was deleted',
  })
  @ApiPage(ExecutionSummaryResponse)
  @ApiNotFoundResponse(NO_SUCH_JOB)
  async list(
    @Param('jobId') jobId: string,
    @Query() query: ListJobExecutionsQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<ExecutionSummaryResponse>> {
    const rows = await this.historyOf(service, jobId, query);
    return mapPage(
      pageOf(rows, query.limit, EXECUTIONS_CURSOR, (row) => [row.id]),
      toExecutionSummaryResponse,
    );
  }

  @Post('execute')
  @RequireScopes('executions:run')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'executeJob',
    summary: 'Run a job now; also an inactive one, since deactivation only stops schedules',
  })
  @ApiHeader(PREFER_WAIT)
  @ApiBody({ type: ExecuteRequest, required: false, examples: EXAMPLES })
  @ApiAcceptedResponse({ type: ExecutionResponse, ...ACCEPTED })
  @ApiOkResponse({ type: ExecutionResponse, ...ENDED_IN_TIME })
  @ApiNotFoundResponse(NO_SUCH_JOB)
  async execute(
    @Param('jobId') jobId: string,
    @Body() { parameters = {} }: ExecuteRequest,
    @PreferWait() waitSeconds: number | null,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExecutionResponse> {
    const run = { parameters, traceparent: currentTraceparent() };
    await demandScopeToRun(this.jobs, principal, () => jobId);
    const execution = await this.executions.execute(principal.service, jobId, run);
    return this.accepted.answer(execution, waitSeconds, response);
  }

  /**
   * Where there is a run there is a job, so that it is looked for only where there is none. History outlives its job.
   * @throws ProblemError `job_not_found`
   */
  private async historyOf(
    service: string,
    jobId: string,
    query: ListJobExecutionsQuery,
  ): Promise<ExecutionSummary[]> {
    const filter = { ...toHistoryFilter(query), jobId };
    const window = toHistoryWindow(query);
    const rows = isUuid(jobId) ? await this.history.list(service, filter, window) : [];
    const isKnown = rows.length > 0 || (await this.jobs.findIncludingDeleted(service, jobId)) !== null;
    if (!isKnown) throw jobNotFound(jobId);
    return rows;
  }
}
