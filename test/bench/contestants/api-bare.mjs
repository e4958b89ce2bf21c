/** The same queries behind Express with no validation, no errors, no access control: what a reading could cost at best. */
import { randomBytes, randomUUID } from 'node:crypto';
import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = express();
app.use(express.json());

const JOB = 'SELECT * FROM jobs WHERE id = $1 AND deleted_at IS NULL';
const JOBS = `SELECT * FROM jobs WHERE service = 'default' AND deleted_at IS NULL ORDER BY id DESC LIMIT $1`;
const HISTORY = `
  SELECT id, job_id, job_version, schedule_id, trigger, state, reason, reason_detail, hold, scheduled_for, created_at,
         queued_at, started_at, finished_at, cancel_requested_at, attempt, max_attempts, parameters, result, error, retry_of
  FROM executions WHERE job_id = $1 ORDER BY id DESC LIMIT 50`;
const CREATE = `
  INSERT INTO jobs (id, name, tags, target, retry_policy, timeout_ms, priority, delivery_guarantee)
  VALUES ($1, $2, $3, $4, '{"maxAttempts": 1}', 30000, 5, 'at_least_once') RETURNING *`;
const EXECUTE = `
  INSERT INTO executions (id, scheduled_for, job_id, job_version, trigger, state, due_at, max_attempts)
  SELECT $2, $3, id, version, 'manual', 'pending', $3, 1 FROM jobs WHERE id = $1 RETURNING *`;

app.get('/jobs/:id', async ({ params }, response) => response.json((await rowsOf(JOB, [params.id]))[0]));
app.get('/jobs', async ({ query }, response) => response.json({ items: await rowsOf(JOBS, [query.limit]) }));
app.get('/jobs/:id/executions', async ({ params }, response) =>
  response.json({ items: await rowsOf(HISTORY, [params.id]) }),
);
app.post('/jobs', async ({ body }, response) => {
  const values = [randomUUID(), body.name, body.tags, JSON.stringify(body.target)];
  response.status(201).json((await rowsOf(CREATE, values))[0]);
});
app.post('/jobs/:id/execute', async ({ params }, response) => {
  const now = new Date();
  response.status(202).json((await rowsOf(EXECUTE, [params.id, idAt(now), now]))[0]);
});
app.listen(Number(process.env.PORT), '127.0.0.1');

async function rowsOf(text, values) {
  return (await pool.query({ name: text.slice(0, 40), text, values })).rows;
}

function idAt(instant) {
  const random = randomBytes(10).toString('hex');
  return `${instant.getTime().toString(16).padStart(12, '0')}7${random.slice(1, 4)}8${random.slice(4, 19)}`;
}
