import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { IsName, IsProse, MayBeAbsent, MayBeNull } from '@app/platform/http';
import type { DeliveryGuarantee } from '../domain/job.js';
import { RetryPolicyRequest } from './retry-policy.request.js';
import { IsParameters } from './rules/json-rules.js';
import { HasFewReferences } from './rules/target-rules.js';
import { IsTags, MAX_TAG_LENGTH, MAX_TAGS } from './rules/tag-rules.js';
import {
  CommandTargetRequest,
  HttpTargetRequest,
  targetClassIn,
  type TargetRequest,
  TARGET_SCHEMA,
} from './target.request.js';

export const DELIVERY_GUARANTEES: readonly DeliveryGuarantee[] = ['at_least_once', 'at_most_once'];
const DAY_MS = 86_400_000;

/** A whole job as a client writes it: to create it, to replace it, and what a merge patch results in. */
@ApiExtraModels(HttpTargetRequest, CommandTargetRequest)
export class JobRequest {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'nightly-report', description: 'Unique.' })
  @IsName()
  name!: string;

  @ApiPropertyOptional({ maxLength: 2000, default: '' })
  @MayBeAbsent()
  @IsProse()
  description?: string;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: MAX_TAG_LENGTH, pattern: '^[^,]+$' },
    maxItems: MAX_TAGS,
    uniqueItems: true,
    default: [],
    example: ['reports'],
  })
  @MayBeAbsent()
  @IsTags()
  tags?: string[];

  @ApiProperty(TARGET_SCHEMA)
  @Type(targetClassIn)
  @IsObject()
  @ValidateNested()
  @HasFewReferences()
  target!: TargetRequest;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    default: {},
    description:
      'At most 64 KB. Parameters of a schedule and of an execute call are merged over these, key by key at the top level.',
  })
  @MayBeAbsent()
  @IsParameters()
  parameters?: Record<string, unknown>;

  @ApiPropertyOptional({ type: RetryPolicyRequest })
  @MayBeAbsent()
  @Type(() => RetryPolicyRequest)
  @IsObject()
  @ValidateNested()
  retryPolicy?: RetryPolicyRequest;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: DAY_MS,
    default: 3_600_000,
    description: 'Per attempt.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(DAY_MS)
  timeoutMs?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 10,
    default: 5,
    description: '1 is the most urgent.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(10)
  priority?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 100_000,
    nullable: true,
    default: null,
    description: 'Runs of this job at the same time; null = unlimited.',
  })
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxConcurrency?: number | null;

  @ApiPropertyOptional({ enum: DELIVERY_GUARANTEES, default: 'at_least_once' })
  @MayBeAbsent()
  @IsIn(DELIVERY_GUARANTEES)
  deliveryGuarantee?: DeliveryGuarantee;

  @ApiPropertyOptional({
    description: 'Default: true for a new job; unchanged for one that is replaced.',
  })
  @MayBeAbsent()
  @IsBoolean()
  active?: boolean;
}
