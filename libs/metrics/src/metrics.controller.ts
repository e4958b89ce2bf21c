import { Public } from '@app/platform/access-rule';
import { AppConfig } from '@app/platform/config';
import { Controller, Get, NotFoundException, Res, UseGuards } from '@nestjs/common';
import {
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { type Response } from 'express';
import { register } from 'prom-client';
import { MetricsGuard } from './metrics.guard.js';

@ApiTags('metrics')
@Controller('metrics')
@UseGuards(MetricsGuard)
export class MetricsController {
  constructor(private readonly config: AppConfig) {}

  /** Everything measured in this process, in the text format that Prometheus reads. */
  @Get()
  @Public()
  @ApiOperation({ summary: 'Metrics for Prometheus' })
  @ApiOkResponse({
    description: 'Prometheus text format.',
    content: {
      'text/plain': {
        schema: { type: 'string' },
        example: 'scheduler_build_info{version="0.1.0",node="v24.0.0"} 1\n',
      },
    },
  })
  @ApiUnauthorizedResponse({ description: 'Not the METRICS_TOKEN.' })
  @ApiNotFoundResponse({ description: 'METRICS_ENABLED=false.' })
  async getMetrics(@Res({ passthrough: true }) response: Response): Promise<string> {
    if (!this.config.metricsEnabled)
      throw new NotFoundException('Metrics are turned off (METRICS_ENABLED=false).');
    response.set('Content-Type', register.contentType);
    return register.metrics();
  }
}
