import { RUN_MINUTE } from '@app/access';
import { ACTIVE } from '@app/executions';

/**
 * What a service has of what it may have, by the indexes that its lists and limits use. Runs of the minute and stored bytes are
 * counted only where there is a limit, and null elsewhere.
 */
export const USAGE_OF_SERVICE = `
  SELECT s.slug AS service, now() AS at, s.max_jobs AS "maxJobs", s.max_schedules AS "maxSchedules",
         s.max_runs_per_minute AS "maxRunsPerMinute", s.max_concurrent_runs AS "maxConcurrentRuns",
         s.max_stored_bytes::float8 AS "maxStoredBytes",
         (SELECT count(*) FROM jobs j WHERE j.service = s.slug AND j.deleted_at IS NULL)::integer AS jobs,
         (SELECT count(*) FROM schedules c WHERE c.service = s.slug)::integer AS schedules,
         CASE WHEN s.max_runs_per_minute IS NOT NULL THEN COALESCE(
           (SELECT m.runs FROM service_minutes m WHERE m.service = s.slug AND m.minute = ${RUN_MINUTE}), 0) END AS runs,
         (SELECT count(*) FROM jobs j JOIN executions e ON e.job_id = j.id AND ${ACTIVE}
          WHERE j.service = s.slug)::integer AS "concurrentRuns",
         t.bytes::float8 AS "storedBytes", t.counted_at AS "countedAt"
  FROM services s
  LEFT JOIN service_storage t ON t.service = s.slug AND s.max_stored_bytes IS NOT NULL
  WHERE s.slug = $1`;
