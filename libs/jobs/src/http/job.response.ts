import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT } from '@app/platform/http';
import type { Target } from '@app/targets';
import type { DeliveryGuarantee, Job } from '../domain/job.js';
import type { RetryPolicy } from '../domain/retry-policy.js';
import { DELIVERY_GUARANTEES } from './job.request.js';
import { RetryPolicyRequest } from './retry-policy.request.js';
import { CommandTargetRequest, HttpTargetRequest, TARGET_SCHEMA } from './target.request.js';

@ApiExtraModels(HttpTargetRequest, CommandTargetRequest)
export class JobResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty({ example: 'default' })
  service!: string;

  @ApiProperty({ example: 'nightly-report' })
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ type: [String] })
  tags!: readonly string[];

  @ApiProperty(TARGET_SCHEMA)
  target!: Target;

  @ApiProperty({ type: 'object', additionalProperties: true })
  parameters!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: RetryPolicyRequest })
  retryPolicy!: RetryPolicy;

  @ApiProperty({ type: 'integer', example: 3_600_000 })
  timeoutMs!: number;

  @ApiProperty({ type: 'integer', example: 5 })
  priority!: number;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  maxConcurrency!: number | null;

  @ApiProperty({ enum: DELIVERY_GUARANTEES })
  deliveryGuarantee!: DeliveryGuarantee;

  @ApiProperty()
  active!: boolean;

  @ApiProperty({ type: 'integer', example: 1, description: 'Rises with each change; also the ETag.' })
  version!: number;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  updatedAt!: string;
}

/** The white list of what leaves the service. */
export function toJobResponse(job: Job): JobResponse {
  return {
    id: job.id,
    service: job.service,
    name: job.name,
    description: job.description,
    tags: job.tags,
    target: job.target,
    parameters: job.parameters,
    retryPolicy: job.retryPolicy,
    timeoutMs: job.timeoutMs,
    priority: job.priority,
    maxConcurrency: job.maxConcurrency,
    deliveryGuarantee: job.deliveryGuarantee,
    active: job.active,
    version: job.version,
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
  };
}
