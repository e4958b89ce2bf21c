import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { mapPage, type Page, pageOf } from '@app/platform/http';
import { ExecutionsService } from '../../executions.service.js';
import { LogsRepository } from '../../history/logs.repository.js';
import { NO_SUCH_EXECUTION } from '../api-descriptions.js';
import { CredentialWatch } from '../waiting/credential-watch.js';
import { HeldRequests } from '../waiting/held-requests.js';
import { LAST_EVENT_ID, LOGS_AS_PAGE_OR_STREAM } from './api-logs.js';
import { ListLogsQuery } from './list-logs.query.js';
import { END_EVENT_ID, toEvents } from './log-events.js';
import { type FollowedLog, LogFollower } from './log-follower.js';
import { countClient } from './stream-metrics.js';
import { LogLineResponse, toLogLineResponse } from './log-line.response.js';
import { LOG_CURSOR, seqOfCursor, seqOfEventId } from './log-position.js';
import { StreamPatience } from './stream-patience.js';

/** No cache or proxy on the way may hold lines back; and a connection kept after its stream would delay a shutdown. */
const STREAM_HEADERS = {
  'Cache-Control': 'private, no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

@ApiTags('executions')
@Controller('executions/:executionId/logs')
export class ExecutionLogsController {
  constructor(
    private readonly executions: ExecutionsService,
    private readonly logs: LogsRepository,
    private readonly follower: LogFollower,
    private readonly requests: HeldRequests,
    private readonly watch: CredentialWatch,
    private readonly patience: StreamPatience,
  ) {}

  @Get()
  @RequireScopes('executions:read')
  @ApiOperation({
    operationId: 'getExecutionLogs',
    summary: 'Read what an execution wrote to both of its streams, or follow it while it runs',
  })
  @ApiHeader(LAST_EVENT_ID)
  @ApiExtraModels(LogLineResponse)
  @ApiOkResponse(LOGS_AS_PAGE_OR_STREAM)
  @ApiNoContentResponse({ description: 'The stream was already read to its end.' })
  @ApiNotFoundResponse(NO_SUCH_EXECUTION)
  async read(
    @Param('executionId') executionId: string,
    @Query() query: ListLogsQuery,
    @CurrentPrincipal() { service }: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page<LogLineResponse> | StreamableFile | undefined> {
    const log = { service, executionId };
    await this.executions.get(service, executionId);
    const follows = query.follow ?? asksForEvents(request);
    return follows ? this.follow(log, query, request, response) : this.page(log, query);
  }

  private async page(
    { service, executionId }: FollowedLog,
    { cursor, limit }: ListLogsQuery,
  ): Promise<Page<LogLineResponse>> {
    const lines = await this.logs.readAfter(service, executionId, seqOfCursor(cursor), limit + 1);
    return mapPage(
      pageOf(lines, limit, LOG_CURSOR, (line) => [line.seq]),
      toLogLineResponse,
    );
  }

  private follow(
    log: FollowedLog,
    { cursor }: ListLogsQuery,
    request: Request,
    response: Response,
  ): StreamableFile | undefined {
    const lastEventId = request.get('Last-Event-ID');
    if (lastEventId === END_EVENT_ID) {
      response.status(204);
      return undefined;
    }
    const afterSeq = lastEventId === undefined ? seqOfCursor(cursor) : seqOfEventId(lastEventId);
    const held = this.requests.hold(response, log.service, 'log');
    countClient(response);
    response.setTimeout(this.patience.stalledAfterMs, () => response.destroy());
    response.set(STREAM_HEADERS);
    const updates = this.follower.follow(log, afterSeq, this.watch.whileAdmitted(request, held));
    const events = Readable.from(toEvents(updates), { objectMode: false });
    return new StreamableFile(events, { type: 'text/event-stream' });
  }
}

function asksForEvents(request: Request): boolean {
  return request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
}
