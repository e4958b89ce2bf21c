import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScopes } from '@app/access';
import { StatusReader } from '../status-reader.js';
import { StatusResponse, toStatusResponse } from './status.response.js';

@ApiTags('status')
@Controller('status')
export class StatusController {
  constructor(private readonly reader: StatusReader) {}

  /** Of the whole installation, so for those who run it and not for those who use it. */
  @Get()
  @RequireScopes('service:admin')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getStatus',
    summary: 'Status of the installation: scheduler, workers, backlog, queue, versions',
  })
  @ApiOkResponse({ type: StatusResponse })
  async getStatus(): Promise<StatusResponse> {
    return toStatusResponse(await this.reader.read());
  }
}
