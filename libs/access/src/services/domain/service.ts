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

/** In credentials, addresses and metrics: what a host's label may be. */
export const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whose rows are everybody's, as long as there is no access control: it is always there. */
export const DEFAULT_SERVICE = 'default';
