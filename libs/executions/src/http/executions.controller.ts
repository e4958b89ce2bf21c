import { Body, Controller, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConflictResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { demandScopeToRun, JobsService } from '@app/jobs';
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
import { ACCEPTED, ENDED_IN_TIME, NO_SUCH_EXECUTION, PREFER_WAIT } from './api-descriptions.js';
import { CancelRequest } from './cancel.request.js';
import {
  ExecutionResponse,
  ExecutionSummaryResponse,
  toExecutionResponse,
  toExecutionSummaryResponse,
} from './execution.response.js';
import {
  EXECUTIONS_CURSOR,
  ListExecutionsQuery,
  toHistoryFilter,
  toHistoryWindow,
} from './list-executions.query.js';
import { AcceptedExecution } from './waiting/accepted-execution.js';

const FINISHED = { description: 'It has already finished.' };
const NOT_RETRYABLE = {
  description: 'It has not failed, timed out or been cancelled, or its job was deleted.',
};

@ApiTags('executions')
@Controller('executions')
export class ExecutionsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly executions: ExecutionsService,
    private readonly history: HistoryRepository,
    private readonly accepted: AcceptedExecution,
  ) {}

  @Get()
  @RequireScopes('executions:read')
  @ApiOperation({ operationId: 'listExecutions', summary: 'List executions, newest first' })
  @ApiPage(ExecutionSummaryResponse)
  async list(
    @Query() query: ListExecutionsQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<ExecutionSummaryResponse>> {
    const rows = await this.history.list(service, toHistoryFilter(query), toHistoryWindow(query));
    return mapPage(
      pageOf(rows, query.limit, EXECUTIONS_CURSOR, (row) => [row.id]),
      toExecutionSummaryResponse,
    );
  }

  @Get(':executionId')
  @RequireScopes('executions:read')
  @ApiOperation({ operationId: 'getExecution', summary: 'Get an execution with its attempts' })
  @ApiOkResponse({ type: ExecutionResponse })
  @ApiNotFoundResponse(NO_SUCH_EXECUTION)
  async get(
    @Param('executionId') executionId: string,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<ExecutionResponse> {
    return toExecutionResponse(await this.executions.get(service, executionId));
  }

  @Post(':executionId/cancel')
  @RequireScopes('executions:cancel')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelExecution',
    summary: 'Cancel an execution: a waiting one ends at once, a running one is aborted within seconds',
  })
  @ApiBody({ type: CancelRequest, required: false })
  @ApiOkResponse({ type: ExecutionResponse })
  @ApiNotFoundResponse(NO_SUCH_EXECUTION)
  @ApiConflictResponse(FINISHED)
  async cancel(
    @Param('executionId') executionId: string,
    @Body() { reason }: CancelRequest,
    @CurrentPrincipal() { service, actor }: Principal,
  ): Promise<ExecutionResponse> {
    const execution = await this.executions.cancel(service, executionId, actor, reason ?? null);
    return toExecutionResponse(execution);
  }

  @Post(':executionId/retry')
  @RequireScopes('executions:run')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'retryExecution',
    summary: 'Repeat a failed, timed out or cancelled execution as a new one with the same parameters',
  })
  @ApiHeader(PREFER_WAIT)
  @ApiAcceptedResponse({ type: ExecutionResponse, ...ACCEPTED })
  @ApiOkResponse({ type: ExecutionResponse, ...ENDED_IN_TIME })
  @ApiNotFoundResponse(NO_SUCH_EXECUTION)
  @ApiConflictResponse(NOT_RETRYABLE)
  async retry(
    @Param('executionId') executionId: string,
    @PreferWait() waitSeconds: number | null,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExecutionResponse> {
    const jobIdOf = async () => (await this.executions.get(principal.service, executionId)).jobId;
    await demandScopeToRun(this.jobs, principal, jobIdOf);
    const execution = await this.executions.retry(principal.service, executionId, currentTraceparent());
    return this.accepted.answer(execution, waitSeconds, response);
  }
}
