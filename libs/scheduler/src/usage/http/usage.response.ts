import { ApiProperty } from '@nestjs/swagger';
import { INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import type { Usage } from '../usage-reader.js';

const LIMIT = { type: 'integer', nullable: true, example: 100, description: 'null: none.' } as const;
const COUNTED = { type: 'integer', nullable: true, example: 12 } as const;

class UsedResponse {
  @ApiProperty({ type: 'integer', example: 12 })
  used!: number;

  @ApiProperty(LIMIT)
  limit!: number | null;
}

class UsedRunsResponse {
  @ApiProperty({ ...COUNTED, description: 'null: only counted where there is a limit.' })
  used!: number | null;

  @ApiProperty(LIMIT)
  limit!: number | null;
}

class UsedBytesResponse {
  @ApiProperty({
    ...COUNTED,
    description: 'As last counted; null if not counted yet, or if there is no limit.',
  })
  used!: number | null;

  @ApiProperty(LIMIT)
  limit!: number | null;

  @ApiProperty(INSTANT_OR_NULL)
  countedAt!: string | null;
}

export class ServiceUsageResponse {
  @ApiProperty({ example: 'billing' })
  service!: string;

  @ApiProperty(INSTANT)
  at!: string;

  @ApiProperty({ type: UsedResponse, description: 'Limit: `maxJobs`.' })
  jobs!: UsedResponse;

  @ApiProperty({ type: UsedResponse, description: 'Limit: `maxSchedules`.' })
  schedules!: UsedResponse;

  @ApiProperty({ type: UsedRunsResponse, description: 'In the minute of `at`. Limit: `maxRunsPerMinute`.' })
  runsPerMinute!: UsedRunsResponse;

  @ApiProperty({ type: UsedResponse, description: 'Queued or running. Limit: `maxConcurrentRuns`.' })
  concurrentRuns!: UsedResponse;

  @ApiProperty({ type: UsedBytesResponse, description: 'Limit: `maxStoredBytes`.' })
  storedBytes!: UsedBytesResponse;
}

/** The white list of what leaves the service. */
export function toServiceUsageResponse(usage: Usage): ServiceUsageResponse {
  return {
    service: usage.service,
    at: usage.at.toISOString(),
    jobs: { used: usage.jobs, limit: usage.maxJobs },
    schedules: { used: usage.schedules, limit: usage.maxSchedules },
    runsPerMinute: { used: usage.runs, limit: usage.maxRunsPerMinute },
    concurrentRuns: { used: usage.concurrentRuns, limit: usage.maxConcurrentRuns },
    storedBytes: {
      used: usage.storedBytes,
      limit: usage.maxStoredBytes,
      countedAt: usage.countedAt?.toISOString() ?? null,
    },
  };
}
