export const START_SESSION = `
  INSERT INTO worker_sessions (id, hostname, pid, version, concurrency, expires_at, command_isolation)
  VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond', $7)`;

/** A session that has expired or was ended is dead for good: no row comes back, whoever asks. */
export const RENEW_SESSION = `
  UPDATE worker_sessions
  SET renewed_at = now(), expires_at = now() + $2 * interval '1 millisecond', last_tick_at = COALESCE($3::timestamptz, last_tick_at),
      command_isolation = $4
  WHERE id = $1 AND ended_at IS NULL AND expires_at > now()
  RETURNING id`;

export const END_SESSION = `UPDATE worker_sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL`;
