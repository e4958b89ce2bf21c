import { Body, Controller, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentPrincipal, demandScopes, type Principal, RequireScopes } from '@app/access';
import { demandScopeToRunAll, mayRunCommands } from '@app/jobs';
import { ApiPage, cursorOf, mapPage, type Page, pageOf, PageQuery, Post } from '@app/platform/http';
import { BulkOperationsService } from '../bulk-operations.service.js';
import type { BulkAction } from '../domain/bulk-operation.js';
import { BulkOperationRequest, toBulkFilter } from './bulk-operation.request.js';
import {
  BulkOperationResponse,
  BulkPlanResponse,
  toBulkOperationResponse,
} from './bulk-operation.response.js';

const CURSOR = cursorOf('bulk-operations', ['uuid']);
const NO_SUCH_OPERATION = { description: 'There is no such bulk operation.' };
const FINISHED = { description: 'It has already finished, or ends the runs of a deleted job.' };
const ACCEPTED = {
  description: 'The workers will carry it out; `Location` is where to follow it.',
  headers: { Location: { description: 'The bulk operation.', schema: { type: 'string' } } },
} as const;
const EXAMPLES = {
  cancel: {
    summary: 'Cancel everything of a job that is waiting',
    value: {
      action: 'cancel',
      filter: { jobId: '01981b5e-7c00-7000-8000-0123456789ab', state: ['pending', 'queued'] },
      reason: 'wrong parameters',
    },
  },
  retry: {
    summary: 'See how much failed in an hour and could be run again',
    value: {
      action: 'retry',
      filter: { state: ['failed'], from: '2026-01-31T12:00:00Z', to: '2026-01-31T13:00:00Z' },
      dryRun: true,
    },
  },
};

/** What an action demands beyond reading. */
const SCOPE_OF = { cancel: 'executions:cancel', retry: 'executions:run' } as const;

@ApiTags('executions')
@Controller('bulk-operations')
export class BulkOperationsController {
  constructor(private readonly operations: BulkOperationsService) {}

  @Post()
  @RequireScopes('executions:read')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'createBulkOperation',
    summary: 'Cancel or retry all executions that match a filter',
    description:
      'Needs `executions:cancel` or `executions:run` as well, and `commands:run` to retry what has runs of commands in it.',
  })
  @ApiBody({ type: BulkOperationRequest, examples: EXAMPLES })
  @ApiAcceptedResponse({ type: BulkOperationResponse, ...ACCEPTED })
  @ApiOkResponse({ type: BulkPlanResponse, description: 'Of a dry run: nothing is stored.' })
  async create(
    @Body() { action, filter: asked, reason, dryRun }: BulkOperationRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BulkOperationResponse | BulkPlanResponse> {
    demandScope(principal, action);
    const { service, actor: createdBy } = principal;
    const filter = toBulkFilter(asked);
    const hasCommands = () => this.operations.hasCommands({ service, action, filter });
    if (action === 'retry') await demandScopeToRunAll(principal, hasCommands);
    if (dryRun) {
      const matched = await this.operations.count({ service, action, filter });
      response.status(200);
      return { dryRun, action, filter, matched };
    }
    const operation = await this.operations.start({
      service,
      action,
      filter,
      reason: reason ?? null,
      createdBy,
      mayRunCommands: mayRunCommands(principal),
    });
    response.location(`/bulk-operations/${operation.id}`);
    return toBulkOperationResponse(operation);
  }

  @Get()
  @RequireScopes('executions:read')
  @ApiOperation({ operationId: 'listBulkOperations', summary: 'List bulk operations, newest first' })
  @ApiPage(BulkOperationResponse)
  async list(
    @Query() { limit, cursor }: PageQuery,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<Page<BulkOperationResponse>> {
    const [beforeId] = CURSOR.read(cursor) ?? [];
    const rows = await this.operations.list(service, limit + 1, beforeId);
    return mapPage(
      pageOf(rows, limit, CURSOR, (row) => [row.id]),
      toBulkOperationResponse,
    );
  }

  @Get(':bulkOperationId')
  @RequireScopes('executions:read')
  @ApiOperation({ operationId: 'getBulkOperation', summary: 'Get a bulk operation and its progress' })
  @ApiOkResponse({ type: BulkOperationResponse })
  @ApiNotFoundResponse(NO_SUCH_OPERATION)
  async get(
    @Param('bulkOperationId') id: string,
    @CurrentPrincipal() { service }: Principal,
  ): Promise<BulkOperationResponse> {
    return toBulkOperationResponse(await this.operations.get(service, id));
  }

  @Post(':bulkOperationId/cancel')
  @RequireScopes('executions:read')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelBulkOperation',
    summary: 'Stop a bulk operation; what it has done stays done',
    description: 'Needs the scope of its action as well.',
  })
  @ApiOkResponse({ type: BulkOperationResponse })
  @ApiNotFoundResponse(NO_SUCH_OPERATION)
  @ApiConflictResponse(FINISHED)
  async cancel(
    @Param('bulkOperationId') id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BulkOperationResponse> {
    demandScope(principal, (await this.operations.get(principal.service, id)).action);
    return toBulkOperationResponse(await this.operations.cancel(principal.service, id));
  }
}

/** @throws ProblemError `scope_missing` */
function demandScope(principal: Principal, action: BulkAction): void {
  demandScopes(principal, [SCOPE_OF[action]]);
}
