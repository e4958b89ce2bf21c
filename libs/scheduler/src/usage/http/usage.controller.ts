import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScopes } from '@app/access';
import { UsageReader } from '../usage-reader.js';
import { ServiceUsageResponse, toServiceUsageResponse } from './usage.response.js';

@ApiTags('services')
@Controller('services')
export class UsageController {
  constructor(private readonly reader: UsageReader) {}

  @Get(':slug/usage')
  @RequireScopes('service:admin')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getServiceUsage',
    summary: 'What a service has of what its limits let it have',
  })
  @ApiOkResponse({ type: ServiceUsageResponse })
  @ApiNotFoundResponse({ description: 'There is no such service.' })
  async getUsage(@Param('slug') slug: string): Promise<ServiceUsageResponse> {
    return toServiceUsageResponse(await this.reader.usageOf(slug));
  }
}
