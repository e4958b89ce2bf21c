/** What an operator decides about a tenant. A limit that is null does not limit. */
export interface ServiceSpec {
  readonly name: string;
  readonly maxJobs: number | null;
  readonly maxSchedules: number | null;
  readonly minIntervalSeconds: number | null;
  readonly maxRunsPerMinute: number | null;
  /** Queued or running at once. */
  readonly maxConcurrentRuns: number | null;
  readonly maxStoredBytes: number | null;
  /** Null: as long as the installation keeps history, which is also the most. */
  readonly succeededRetentionDays: number | null;
  readonly failedRetentionDays: number | null;
  /** Beyond the installation's list. */
  readonly egressAllow: readonly string[];
}

/** A tenant: the owner of jobs, calendars, keys and quotas. */
export interface Service extends ServiceSpec {
  readonly slug: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Stands in credentials, addresses and metrics, and so is what a label of a host name may be. */
export const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The service that owns everything while there is no access control: it always exists. */
export const DEFAULT_SERVICE = 'default';
