import { ACTIVE } from '@app/executions';

/** Workers whose lease holds, with what each runs at this moment. */
export const LIVE_WORKERS = `
  SELECT s.id, s.hostname, s.pid, s.version, s.concurrency, s.started_at AS "startedAt", s.renewed_at AS "renewedAt",
         s.last_tick_at AS "lastTickAt", s.command_isolation AS "commandIsolation",
         (SELECT count(*) FROM executions e WHERE ${ACTIVE} AND e.session_id = s.id)::integer AS busy
  FROM worker_sessions s
  WHERE s.rescued_at IS NULL AND s.ended_at IS NULL AND s.expires_at > now()
  ORDER BY s.started_at`;

export const STORE_VERSIONS = `
  SELECT now() AS now, current_setting('server_version') AS postgres,
         (SELECT name FROM schema_migrations ORDER BY id DESC LIMIT 1) AS schema`;
