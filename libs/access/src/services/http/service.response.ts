import { ApiProperty } from '@nestjs/swagger';
import { INSTANT } from '@app/platform/http';
import type { Service } from '../domain/service.js';

const LIMIT = { type: 'integer', nullable: true, example: null } as const;

export class ServiceResponse {
  @ApiProperty({ example: 'billing' })
  slug!: string;

  @ApiProperty({ example: 'Billing' })
  name!: string;

  @ApiProperty(LIMIT)
  maxJobs!: number | null;

  @ApiProperty(LIMIT)
  maxSchedules!: number | null;

  @ApiProperty(LIMIT)
  minIntervalSeconds!: number | null;

  @ApiProperty(LIMIT)
  maxRunsPerMinute!: number | null;

  @ApiProperty(LIMIT)
  maxConcurrentRuns!: number | null;

  @ApiProperty(LIMIT)
  maxStoredBytes!: number | null;

  @ApiProperty(LIMIT)
  succeededRetentionDays!: number | null;

  @ApiProperty(LIMIT)
  failedRetentionDays!: number | null;

  @ApiProperty({ type: [String], example: ['intranet.example'] })
  egressAllow!: string[];

  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  updatedAt!: string;
}

/** The white list of what leaves the service. */
export function toServiceResponse(service: Service): ServiceResponse {
  return {
    slug: service.slug,
    name: service.name,
    maxJobs: service.maxJobs,
    maxSchedules: service.maxSchedules,
    minIntervalSeconds: service.minIntervalSeconds,
    maxRunsPerMinute: service.maxRunsPerMinute,
    maxConcurrentRuns: service.maxConcurrentRuns,
    maxStoredBytes: service.maxStoredBytes,
    succeededRetentionDays: service.succeededRetentionDays,
    failedRetentionDays: service.failedRetentionDays,
    egressAllow: [...service.egressAllow],
    version: service.version,
    createdAt: service.createdAt.toISOString(),
    updatedAt: service.updatedAt.toISOString(),
  };
}
