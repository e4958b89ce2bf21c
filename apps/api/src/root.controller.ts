import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AnyPrincipal } from '@app/access';
import { AppConfig } from '@app/platform/config';

const LINKS = {
  jobs: '/jobs',
  schedules: '/schedules',
  executions: '/executions',
  bulkOperations: '/bulk-operations',
  calendars: '/calendars',
  keys: '/keys',
  auditEvents: '/audit-events',
  secrets: '/secrets',
  signingSecrets: '/signing-secrets',
  services: '/services',
  usage: '/usage',
  docs: '/docs',
  openapi: '/openapi.json',
  status: '/status',
  live: '/health/live',
  ready: '/health/ready',
  metrics: '/metrics',
} as const;

interface Root {
  readonly name: string;
  readonly version: string;
  readonly links: typeof LINKS;
}

const EXAMPLE: Root = { name: 'job-scheduler', version: '0.1.0', links: LINKS };

const TEXT = { type: 'string' };
const SHAPE = {
  type: 'object',
  required: ['name', 'version', 'links'],
  properties: { name: TEXT, version: TEXT, links: { type: 'object', additionalProperties: TEXT } },
};

@ApiTags('root')
@Controller()
export class RootController {
  constructor(private readonly config: AppConfig) {}

  /** Where to go from here, for someone who has nothing but the address. */
  @Get()
  @AnyPrincipal()
  @ApiOperation({ summary: 'Name, version and links' })
  @ApiOkResponse({ description: 'The way in.', schema: { ...SHAPE, example: EXAMPLE } })
  getRoot(): Root {
    return { ...this.config.service, links: LINKS };
  }
}
