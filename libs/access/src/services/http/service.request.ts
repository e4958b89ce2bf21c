import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { MAX_INTEGER, MayBeAbsent, MayBeNull } from '@app/platform/http';
import { type Service, type ServiceSpec, SLUG } from '../domain/service.js';
import { IsEgressList } from './egress-list.js';

/** A number that limits, or null for none. */
function Limit(description: string, minimum: number, maximum: number = MAX_INTEGER): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', nullable: true, default: null, minimum, maximum, description }),
    MayBeNull(),
    IsInt(),
    Min(minimum),
    Max(maximum),
  );
}

/** A service but for its slug, as an operator writes it: what a merge patch results in. */
export class ServiceRequest {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Billing' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @Limit('At most this many jobs.', 0)
  maxJobs?: number | null;

  @Limit('At most this many schedules.', 0)
  maxSchedules?: number | null;

  @Limit('Least time between two instants of a schedule, checked when one is created or changed.', 1)
  minIntervalSeconds?: number | null;

  @Limit('Runs started within a minute; an instant beyond that is `skipped` with reason `quota`.', 0)
  maxRunsPerMinute?: number | null;

  @Limit('Runs that are queued or running at the same time.', 1)
  maxConcurrentRuns?: number | null;

  @Limit(
    'Size of its history in bytes; beyond that, output and logs of its runs are not kept, and execute and retry are answered 403.',
    0,
    Number.MAX_SAFE_INTEGER,
  )
  maxStoredBytes?: number | null;

  @Limit(
    'Days that succeeded runs are kept. At most, and with null, as long as the installation keeps history.',
    1,
  )
  succeededRetentionDays?: number | null;

  @Limit('The same for runs that ended otherwise.', 1)
  failedRetentionDays?: number | null;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 200,
    default: [],
    example: ['intranet.example', '10.0.0.0/8:443'],
    description:
      "What its HTTP targets may reach beyond public addresses and the installation's `EGRESS_ALLOW`.",
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 300, { each: true })
  @IsEgressList()
  egressAllow?: string[];
}

export class CreateServiceRequest extends ServiceRequest {
  @ApiProperty({
    pattern: SLUG.source,
    example: 'billing',
    description: 'Its name in credentials and resources; never changes.',
  })
  @IsString()
  @Matches(SLUG, {
    message: 'slug must be 1 to 63 lower-case letters, digits and inner hyphens',
  })
  slug!: string;
}

/** With defaults filled in. */
export function toServiceSpec(request: ServiceRequest): ServiceSpec {
  return {
    name: request.name,
    maxJobs: request.maxJobs ?? null,
    maxSchedules: request.maxSchedules ?? null,
    minIntervalSeconds: request.minIntervalSeconds ?? null,
    maxRunsPerMinute: request.maxRunsPerMinute ?? null,
    maxConcurrentRuns: request.maxConcurrentRuns ?? null,
    maxStoredBytes: request.maxStoredBytes ?? null,
    succeededRetentionDays: request.succeededRetentionDays ?? null,
    failedRetentionDays: request.failedRetentionDays ?? null,
    egressAllow: request.egressAllow ?? [],
  };
}

/** What an operator would send to get this very service: the document that a merge patch applies to. */
export function requestOf(service: Service): Readonly<Record<keyof ServiceRequest, unknown>> {
  return {
    name: service.name,
    maxJobs: service.maxJobs,
    maxSchedules: service.maxSchedules,
    minIntervalSeconds: service.minIntervalSeconds,
    maxRunsPerMinute: service.maxRunsPerMinute,
    maxConcurrentRuns: service.maxConcurrentRuns,
    maxStoredBytes: service.maxStoredBytes,
    succeededRetentionDays: service.succeededRetentionDays,
    failedRetentionDays: service.failedRetentionDays,
    egressAllow: service.egressAllow,
  };
}
