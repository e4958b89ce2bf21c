const RECORD = `
    id, scheduled_for AS "scheduledFor", trigger, state, reason, reason_detail AS "reasonDetail", hold, due_at AS "dueAt",
    created_at AS "createdAt", queued_at AS "queuedAt", started_at AS "startedAt", finished_at AS "finishedAt", attempt, error`;

/**
 * The slots of schedule $1 in [$2, $3), the oldest $4 of them, and the ones just before and just after: an earlier run may
 * have held up the first, and a record of several instants has the slot of its last. A backfill may lie among the instants
 * of such a record, so it does not count as the one after.
 *
 * Each part is a range of the unique slot index; the first prunes partitions, the others stop at their first row.
 */
export const RECORDS_AROUND = `
  SELECT * FROM (
    (SELECT ${RECORD} FROM executions
     WHERE schedule_id = $1 AND service = $5 AND retry_of IS NULL AND scheduled_for >= $2 AND scheduled_for < $3
     ORDER BY scheduled_for LIMIT $4)
    UNION ALL
    (SELECT ${RECORD} FROM executions
     WHERE schedule_id = $1 AND service = $5 AND retry_of IS NULL AND scheduled_for < $2
     ORDER BY scheduled_for DESC LIMIT 1)
    UNION ALL
    (SELECT ${RECORD} FROM executions
     WHERE schedule_id = $1 AND service = $5 AND retry_of IS NULL AND scheduled_for >= $3 AND trigger <> 'backfill'
     ORDER BY scheduled_for LIMIT 1)
  ) AS records
  ORDER BY "scheduledFor"
`;

/**
 * How many runs of a service may be queued or running at once, and for how many days it keeps the least of its history:
 * LEAST passes over what is null, and $2 is the installation's retention. One row by its key.
 */
export const LIMITS_OF_SERVICE = `
  SELECT max_concurrent_runs AS "maxConcurrentRuns",
         LEAST(succeeded_retention_days, failed_retention_days, $2::integer) AS "keptDays"
  FROM services WHERE slug = $1
`;
