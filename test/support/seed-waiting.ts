import type { DataSource } from 'typeorm';

/** Due executions of one job, a millisecond apart, in one statement: the way to a hundred thousand of them. */
export async function seedWaiting(
  dataSource: Pick<DataSource, 'query'>,
  jobId: string,
  count: number,
): Promise<void> {
  await dataSource.query(
    `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, priority, due_at, max_attempts)
     SELECT (lpad(to_hex(ms), 12, '0') || '7000' || '8' || substr(md5(j.id::text || k), 1, 15))::uuid, at, j.service, j.id, j.version, 'manual',
            'pending', j.priority, at, 1
     FROM jobs j, generate_series(1, $2::bigint) AS k,
          LATERAL (SELECT (extract(epoch FROM now()) * 1000)::bigint - k AS ms) AS of_k,
          LATERAL (SELECT to_timestamp(ms / 1000.0)::timestamptz(3) AS at) AS instant
     WHERE j.id = $1`,
    [jobId, count],
  );
}
