import { Public } from '@app/platform/access-rule';
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { type HealthCheckResult } from '@nestjs/terminus';
import { type Response } from 'express';
import { Readiness } from './readiness.js';

const READY = {
  status: 'ok',
  info: { database: { status: 'up' } },
  error: {},
  details: { database: { status: 'up' } },
};
const DOWN = { database: { status: 'down', message: 'connect ECONNREFUSED 127.0.0.1:5432' } };
const NOT_READY = { status: 'error', info: {}, error: DOWN, details: DOWN };

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Whether the process still turns its event loop. Asks nothing of others: restarting would not mend them. */
  @Get('live')
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Is the process alive?' })
  @ApiOkResponse({ description: 'It is.', schema: { type: 'object', example: { status: 'ok' } } })
  getLiveness(): { status: 'ok' } {
    return { status: 'ok' };
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
