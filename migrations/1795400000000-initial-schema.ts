import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Jobs, schedules, executions, their logs, worker sessions and idempotency keys.
 *
 * `executions` and `execution_logs` are range-partitioned by `scheduled_for`, a week each, so that retention drops whole
 * partitions. An execution's id is a UUIDv7 whose time is `scheduled_for`, so a lookup by id touches one partition.
 */
export class InitialSchema1795400000000 implements MigrationInterface {
  readonly name = 'InitialSchema1795400000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(JOBS);
    await db.query(SCHEDULES);
    await db.query(EXECUTIONS);
    await db.query(EXECUTION_LOGS);
    await db.query(PARTITIONS);
    await db.query(WORKER_SESSIONS);
    await db.query(IDEMPOTENCY_KEYS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE idempotency_keys, worker_sessions, execution_logs, executions, schedules, jobs;
      DROP FUNCTION ensure_weekly_partitions(text, timestamptz, timestamptz);
    `);
  }
}

const JOBS = `
  CREATE TABLE jobs (
    id                 uuid PRIMARY KEY,
    service            text NOT NULL DEFAULT 'default',
    name               text NOT NULL,
    description        text NOT NULL DEFAULT '',
    tags               text[] NOT NULL DEFAULT '{}',
    target             jsonb NOT NULL,
    parameters         jsonb NOT NULL DEFAULT '{}',
    retry_policy       jsonb NOT NULL,
    timeout_ms         integer NOT NULL CHECK (timeout_ms > 0),
    priority           smallint NOT NULL CHECK (priority BETWEEN 1 AND 10),
    max_concurrency    integer CHECK (max_concurrency > 0),
    delivery_guarantee text NOT NULL CHECK (delivery_guarantee IN ('at_least_once', 'at_most_once')),
    active             boolean NOT NULL DEFAULT true,
    version            integer NOT NULL DEFAULT 1,
    created_at         timestamptz(3) NOT NULL DEFAULT now(),
    updated_at         timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at         timestamptz(3)
  );
  -- A deleted job keeps its row so that its history stays readable; its name is free again.
  CREATE UNIQUE INDEX jobs_name_per_service ON jobs (service, name) WHERE deleted_at IS NULL;
  CREATE INDEX jobs_listed ON jobs (service, id DESC) WHERE deleted_at IS NULL;
  CREATE INDEX jobs_tags ON jobs USING gin (tags) WHERE deleted_at IS NULL;
`;

const SCHEDULES = `
  CREATE TABLE schedules (
    id                     uuid PRIMARY KEY,
    service                text NOT NULL DEFAULT 'default',
    job_id                 uuid NOT NULL REFERENCES jobs (id),
    type                   text NOT NULL,
    cron_expression        text,
    interval_seconds       integer CHECK (interval_seconds >= 1),
    run_at                 timestamptz(3),
    anchor_at              timestamptz(3) NOT NULL,
    timezone               text NOT NULL DEFAULT 'UTC',
    start_at               timestamptz(3),
    end_at                 timestamptz(3),
    parameters             jsonb NOT NULL DEFAULT '{}',
    jitter_seconds         integer NOT NULL DEFAULT 0 CHECK (jitter_seconds >= 0),
    overlap_policy         text NOT NULL DEFAULT 'skip'
                           CHECK (overlap_policy IN ('skip', 'allow', 'buffer_one', 'buffer_all', 'cancel_running')),
    misfire_policy         text NOT NULL DEFAULT 'fire_once' CHECK (misfire_policy IN ('fire_once', 'skip', 'fire_all')),
    misfire_grace_seconds  integer NOT NULL DEFAULT 60 CHECK (misfire_grace_seconds >= 0),
    catchup_window_seconds integer NOT NULL DEFAULT 86400 CHECK (catchup_window_seconds >= 0),
    max_catchup            integer NOT NULL DEFAULT 100 CHECK (max_catchup >= 0),
    dst_gap                text NOT NULL DEFAULT 'next_valid' CHECK (dst_gap IN ('next_valid', 'skip')),
    dst_overlap            text NOT NULL DEFAULT 'first' CHECK (dst_overlap IN ('first', 'second', 'both')),
    max_runs               integer CHECK (max_runs > 0),
    calendars              text[] NOT NULL DEFAULT '{}',
    active                 boolean NOT NULL DEFAULT true,
    pause_reason           text,
    paused_at              timestamptz(3),
    catchup_override       text CHECK (catchup_override IN ('none', 'last', 'all')),
    next_run_at            timestamptz(3),
    last_run_at            timestamptz(3),
    run_count              integer NOT NULL DEFAULT 0,
    version                integer NOT NULL DEFAULT 1,
    created_at             timestamptz(3) NOT NULL DEFAULT now(),
    updated_at             timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT schedules_fields_of_type CHECK (
      CASE type
        WHEN 'cron'     THEN cron_expression IS NOT NULL AND interval_seconds IS NULL AND run_at IS NULL
        WHEN 'interval' THEN cron_expression IS NULL AND interval_seconds IS NOT NULL AND run_at IS NULL
        WHEN 'one_time' THEN cron_expression IS NULL AND interval_seconds IS NULL AND run_at IS NOT NULL
        ELSE false
      END),
    CONSTRAINT schedules_only_active_are_due CHECK (active OR next_run_at IS NULL)
  );
  CREATE INDEX schedules_due ON schedules (next_run_at) WHERE next_run_at IS NOT NULL;
  CREATE INDEX schedules_of_job ON schedules (job_id, id DESC);
  CREATE INDEX schedules_listed ON schedules (service, id DESC);
`;

const EXECUTIONS = `
  CREATE TABLE executions (
    id                  uuid NOT NULL,
    scheduled_for       timestamptz(3) NOT NULL,
    service             text NOT NULL DEFAULT 'default',
    job_id              uuid NOT NULL,
    job_version         integer NOT NULL,
    schedule_id         uuid,
    trigger             text NOT NULL CHECK (trigger IN ('schedule', 'manual', 'retry', 'catchup', 'backfill')),
    state               text NOT NULL CHECK (state IN ('pending', 'queued', 'running', 'succeeded', 'failed', 'timed_out',
                                                       'cancelled', 'skipped', 'missed')),
    -- What the hot indexes are cut by. Not \`state\`: a claim changes that and nothing indexed, so its update is a HOT one.
    phase               text NOT NULL GENERATED ALWAYS AS (
                          CASE WHEN state = 'pending' THEN 'waiting'
                               WHEN state IN ('queued', 'running') THEN 'active'
                               ELSE 'final' END) STORED,
    reason              text,
    reason_detail       jsonb,
    priority            smallint NOT NULL DEFAULT 5,
    due_at              timestamptz(3) NOT NULL,
    hold                text CHECK (hold IN ('concurrency', 'overlap')),
    delivery            integer NOT NULL DEFAULT 0,
    attempt             integer NOT NULL DEFAULT 0,
    max_attempts        integer NOT NULL,
    lost_count          smallint NOT NULL DEFAULT 0,
    released_count      smallint NOT NULL DEFAULT 0,
    session_id          uuid,
    created_at          timestamptz(3) NOT NULL DEFAULT now(),
    queued_at           timestamptz(3),
    started_at          timestamptz(3),
    attempt_started_at  timestamptz(3),
    finished_at         timestamptz(3),
    cancel_requested_at timestamptz(3),
    parameters          jsonb NOT NULL DEFAULT '{}',
    result              jsonb,
    error               jsonb,
    attempts            jsonb NOT NULL DEFAULT '[]',
    retry_of            uuid,
    traceparent         text,
    PRIMARY KEY (id, scheduled_for),
    CONSTRAINT executions_finished_iff_final CHECK ((state IN ('pending', 'queued', 'running')) = (finished_at IS NULL)),
    CONSTRAINT executions_running_iff_owned CHECK ((state = 'running') = (session_id IS NOT NULL)),
    CONSTRAINT executions_held_are_pending CHECK (hold IS NULL OR state = 'pending')
  ) PARTITION BY RANGE (scheduled_for);

  -- The lock of the leaderless scheduler: one row per due instant. A retry repeats an execution, not a slot. It is the
  -- history of a schedule as well.
  CREATE UNIQUE INDEX executions_slot ON executions (schedule_id, scheduled_for, retry_of) NULLS NOT DISTINCT
    WHERE schedule_id IS NOT NULL;

  -- Hot paths: partial, so they stay as small as the work in hand.
  CREATE INDEX executions_due ON executions (priority, due_at) WHERE phase = 'waiting' AND hold IS NULL;
  CREATE INDEX executions_held ON executions (job_id, priority, due_at) WHERE phase = 'waiting' AND hold IS NOT NULL;
  CREATE INDEX executions_unfinished ON executions (job_id, phase, schedule_id) WHERE phase <> 'final';
  CREATE INDEX executions_cancelling ON executions (id) WHERE phase = 'active' AND cancel_requested_at IS NOT NULL;

  -- History: an id is a UUIDv7 of scheduled_for, so descending ids are newest first.
  CREATE INDEX executions_of_job ON executions (job_id, id DESC);
  CREATE INDEX executions_listed ON executions (service, id DESC);

  -- Instants of long ago (a catch-up after months) land here; every other row has its week.
  CREATE TABLE executions_default PARTITION OF executions DEFAULT;
`;

const EXECUTION_LOGS = `
  CREATE TABLE execution_logs (
    execution_id  uuid NOT NULL,
    scheduled_for timestamptz(3) NOT NULL,
    seq           integer NOT NULL,
    attempt       integer NOT NULL,
    stream        text NOT NULL CHECK (stream IN ('stdout', 'stderr', 'system')),
    at            timestamptz(3) NOT NULL,
    text          text NOT NULL,
    PRIMARY KEY (execution_id, seq, scheduled_for)
  ) PARTITION BY RANGE (scheduled_for);
  CREATE TABLE execution_logs_default PARTITION OF execution_logs DEFAULT;
`;

/**
 * CREATE … LIKE then ATTACH instead of PARTITION OF: the parent is locked against DDL only, reads and writes go on.
 *
 * After a downtime of weeks the first instants come before their week has its partition. They wait in the default one, and
 * no partition can be attached whose rows are there: so these move over first.
 */
const PARTITIONS = `
  CREATE FUNCTION ensure_weekly_partitions(parent text, from_at timestamptz, to_at timestamptz) RETURNS integer
  LANGUAGE plpgsql AS $$
  DECLARE
    week_start timestamptz := date_trunc('week', from_at, 'UTC');
    week_end timestamptz;
    partition_name text;
    stored_columns text := (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                            WHERE attrelid = parent::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '');
    made integer := 0;
  BEGIN
    WHILE week_start <= to_at LOOP
      week_end := week_start + interval '7 days';
      partition_name := parent || to_char(week_start AT TIME ZONE 'UTC', '_YYYYMMDD');
      IF to_regclass(partition_name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED) WITH (fillfactor = 75)', partition_name, parent);
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
        EXECUTE format('WITH moved AS (DELETE FROM %1$I WHERE scheduled_for >= %2$L AND scheduled_for < %3$L RETURNING *)
                        INSERT INTO %4$I (%5$s) SELECT %5$s FROM moved',
                       parent || '_default', week_start, week_end, partition_name, stored_columns);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       parent, partition_name, week_start, week_end);
        made := made + 1;
      END IF;
      week_start := week_end;
    END LOOP;
    RETURN made;
  END $$;

  SELECT ensure_weekly_partitions('executions', now() - interval '7 days', now() + interval '28 days');
  SELECT ensure_weekly_partitions('execution_logs', now() - interval '7 days', now() + interval '28 days');
`;

const WORKER_SESSIONS = `
  CREATE TABLE worker_sessions (
    id          uuid PRIMARY KEY,
    hostname    text NOT NULL,
    pid         integer NOT NULL,
    version     text NOT NULL,
    concurrency integer NOT NULL,
    started_at  timestamptz(3) NOT NULL DEFAULT now(),
    renewed_at  timestamptz(3) NOT NULL DEFAULT now(),
    expires_at  timestamptz(3) NOT NULL,
    ended_at    timestamptz(3),
    -- Set once nothing is left running under an ended session.
    rescued_at  timestamptz(3)
  );
  CREATE INDEX worker_sessions_open ON worker_sessions (expires_at) WHERE rescued_at IS NULL;
`;

const IDEMPOTENCY_KEYS = `
  CREATE TABLE idempotency_keys (
    service      text NOT NULL,
    key          text NOT NULL,
    request_hash text NOT NULL,
    state        text NOT NULL CHECK (state IN ('running', 'done')),
    status       integer,
    headers      jsonb,
    body         jsonb,
    created_at   timestamptz(3) NOT NULL DEFAULT now(),
    expires_at   timestamptz(3) NOT NULL,
    locked_until timestamptz(3),
    PRIMARY KEY (service, key)
  );
  CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
`;
