import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, RequireScopes } from '@app/access';
import { UsageReader } from '../usage-reader.js';
import { ServiceUsageResponse, toServiceUsageResponse } from './usage.response.js';

@ApiTags('services')
@Controller()
export class UsageController {
  constructor(private readonly reader: UsageReader) {}

  /** It counts all three, so that it takes what reading them takes: every role has that. */
  @Get('usage')
  @RequireScopes('jobs:read', 'schedules:read', 'executions:read')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getUsage',
    summary: 'Usage of your own service, beside its limits',
  })
  @ApiOkResponse({ type: ServiceUsageResponse })
  async getUsage(@CurrentPrincipal() { service }: Principal): Promise<ServiceUsageResponse> {
    return toServiceUsageResponse(await this.reader.usageOf(service));
  }

  @Get('services/:slug/usage')
  @RequireScopes('service:admin')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getServiceUsage',
    summary: 'Usage of a service, beside its limits',
  })
  @ApiOkResponse({ type: ServiceUsageResponse })
  @ApiNotFoundResponse({ description: 'There is no such service.' })
  async getServiceUsage(@Param('slug') slug: string): Promise<ServiceUsageResponse> {
    return toServiceUsageResponse(await this.reader.usageOf(slug));
  }
}
