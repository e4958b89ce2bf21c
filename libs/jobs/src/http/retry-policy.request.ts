import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsArray, IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';
import { MayBeAbsent, Refuses, WithoutRepeats } from '@app/platform/http';
import { RETRY_CAUSES, type RetryCause } from '@app/targets';
import {
  type Backoff,
  DEFAULT_RETRY_POLICY,
  type RetryJitter,
  type RetryPolicy,
} from '../domain/retry-policy.js';

const BACKOFFS: readonly Backoff[] = ['fixed', 'linear', 'exponential'];
const JITTERS: readonly RetryJitter[] = ['none', 'full', 'equal'];
const DAY_MS = 86_400_000;

/** What is left out takes its default. */
export class RetryPolicyRequest {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 1, example: 3 })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(100)
  maxAttempts?: number;

  @ApiPropertyOptional({ enum: BACKOFFS, default: DEFAULT_RETRY_POLICY.backoff })
  @MayBeAbsent()
  @IsIn(BACKOFFS)
  backoff?: Backoff;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: DAY_MS, default: 1_000 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(DAY_MS)
  initialDelayMs?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: DAY_MS, default: 3_600_000 })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(DAY_MS)
  @Refuses('below_initial_delay', findOrderFault)
  maxDelayMs?: number;

  @ApiPropertyOptional({ type: 'number', minimum: 1, maximum: 100, default: 2 })
  @MayBeAbsent()
  @IsNumber()
  @Min(1)
  @Max(100)
  multiplier?: number;

  @ApiPropertyOptional({ enum: JITTERS, default: DEFAULT_RETRY_POLICY.jitter })
  @MayBeAbsent()
  @IsIn(JITTERS)
  jitter?: RetryJitter;

  @ApiPropertyOptional({ enum: RETRY_CAUSES, isArray: true, uniqueItems: true, default: RETRY_CAUSES })
  @MayBeAbsent()
  @IsArray()
  @WithoutRepeats()
  @IsIn(RETRY_CAUSES, { each: true })
  retryOn?: RetryCause[];
}

function findOrderFault(maxDelayMs: unknown, { initialDelayMs }: RetryPolicyRequest): string | null {
  if (typeof maxDelayMs !== 'number' || typeof initialDelayMs !== 'number') return null;
  return maxDelayMs < initialDelayMs ? 'must not be less than initialDelayMs' : null;
}

/** A delay left out gives way to the one given, so that naming one never makes the other wrong. */
export function toRetryPolicy(request: RetryPolicyRequest = {}): RetryPolicy {
  const given = request.initialDelayMs ?? 0;
  const maxDelayMs = request.maxDelayMs ?? Math.max(DEFAULT_RETRY_POLICY.maxDelayMs, given);
  return {
    maxAttempts: request.maxAttempts ?? DEFAULT_RETRY_POLICY.maxAttempts,
    backoff: request.backoff ?? DEFAULT_RETRY_POLICY.backoff,
    initialDelayMs: request.initialDelayMs ?? Math.min(DEFAULT_RETRY_POLICY.initialDelayMs, maxDelayMs),
    maxDelayMs,
    multiplier: request.multiplier ?? DEFAULT_RETRY_POLICY.multiplier,
    jitter: request.jitter ?? DEFAULT_RETRY_POLICY.jitter,
    retryOn: request.retryOn ?? DEFAULT_RETRY_POLICY.retryOn,
  };
}
