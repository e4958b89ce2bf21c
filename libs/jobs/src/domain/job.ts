import type { Target } from '@app/targets';
import type { RetryPolicy } from './retry-policy.js';

export type DeliveryGuarantee = 'at_least_once' | 'at_most_once';

/** WHAT to run. */
export interface Job {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly target: Target;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly retryPolicy: RetryPolicy;
  /** Per attempt. */
  readonly timeoutMs: number;
  /** 1 (first) … 10. */
  readonly priority: number;
  /** null = unlimited. */
  readonly maxConcurrency: number | null;
  readonly deliveryGuarantee: DeliveryGuarantee;
  readonly active: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** A deleted job keeps its row so that its history stays readable. */
  readonly deletedAt: Date | null;
}

/** What a client decides about a job; the rest is the service's. */
export interface JobSpec extends Pick<
  Job,
  | 'name'
  | 'description'
  | 'tags'
  | 'target'
  | 'parameters'
  | 'retryPolicy'
  | 'timeoutMs'
  | 'priority'
  | 'maxConcurrency'
  | 'deliveryGuarantee'
> {
  /** Left out: true for a new job, as it was for a replaced one, so that an update never wakes a job by accident. */
  readonly active?: boolean;
}
