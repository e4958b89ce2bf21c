import { Public } from '@app/platform/access-rule';
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { type HealthCheckResult } from '@nestjs/terminus';
import { type Response } from 'express';
import { Pulse } from './pulse.js';
import { Readiness } from './readiness.js';

interface Liveness {
  readonly status: 'ok' | 'error';
  /** Loops of this process that have not begun a round for minutes. */
  readonly stuck?: readonly string[];
}

const READY = {
  status: 'ok',
  info: { database: { status: 'up' } },
  error: {},
  details: { database: { status: 'up' } },
};
const DOWN = { database: { status: 'down', message: 'connect ECONNREFUSED 127.0.0.1:5432' } };
const NOT_READY = { status: 'error', info: {}, error: DOWN, details: DOWN };
const STUCK: Liveness = { status: 'error', stuck: ['scheduler'] };

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly pulse: Pulse,
  ) {}

  /** Whether the start is over: the port opens when it is, so that whoever gets an answer gets this one. */
  @Get('startup')
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Has the process started?' })
  @ApiOkResponse({ description: 'It has.', schema: { type: 'object', example: { status: 'ok' } } })
  getStartup(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Whether event loop and loops still turn. Asks nothing of others: restarting would not mend them. */
  @Get('live')
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Is the process alive?' })
  @ApiOkResponse({ description: 'It is.', schema: { type: 'object', example: { status: 'ok' } } })
  @ApiServiceUnavailableResponse({
    description: 'It is stuck: only a restart helps.',
    content: { 'application/json': { schema: { type: 'object' }, example: STUCK } },
  })
  getLiveness(@Res({ passthrough: true }) response: Response): Liveness {
    const stuck = this.pulse.stuck();
    if (stuck.length === 0) return { status: 'ok' };
    response.status(503);
    return { status: 'error', stuck };
  }

  /** Whether to send requests here. */
  @Get('ready')
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Should it get requests?' })
  @ApiOkResponse({ description: 'It should.', schema: { type: 'object', example: READY } })
  @ApiServiceUnavailableResponse({
    description: 'It should not, and why.',
    content: { 'application/json': { schema: { type: 'object' }, example: NOT_READY } },
  })
  async getReadiness(@Res({ passthrough: true }) response: Response): Promise<HealthCheckResult> {
    const report = await this.readiness.report();
    const isReady = report.status === 'ok' || report.status === 'degraded';
    response.status(isReady ? 200 : 503);
    return report;
  }
}
