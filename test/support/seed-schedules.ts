import type { DataSource } from 'typeorm';

export interface SeededSchedules {
  readonly count: number;
  /** A SQL expression for the first due instant. */
  readonly dueAt: string;
  readonly intervalSeconds: number;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly overlapPolicy?: string;
}

/** Interval schedules of one job, in one statement: the way to a million of them. */
export async function seedSchedules(
  dataSource: Pick<DataSource, 'query'>,
  jobId: string,
  { count, dueAt, intervalSeconds, parameters = {}, overlapPolicy = 'skip' }: SeededSchedules,
): Promise<void> {
  await dataSource.query(
    `INSERT INTO schedules (id, job_id, type, interval_seconds, anchor_at, next_run_at, parameters, overlap_policy)
     SELECT gen_random_uuid(), $1, 'interval', $2, ${dueAt}, ${dueAt}, $3, $4 FROM generate_series(1, $5::int)`,
    [jobId, intervalSeconds, JSON.stringify(parameters), overlapPolicy, count],
  );
}
