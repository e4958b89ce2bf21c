import { setTimeout as delay } from 'node:timers/promises';
import { call } from './api.mjs';

const POLL_MS = 300;

/** Prints one line for each change of an execution, until the signal says so. */
export async function watchExecutions(jobs, signal) {
  const seen = new Map();
  console.log(`\n${columns('time', 'job', 'run', 'state', 'attempt', 'what happened')}`);
  while (!signal.aborted) {
    for (const job of jobs) await printChanges(job, seen);
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function printChanges(job, seen) {
  const { items } = await call('GET', `/jobs/${job.id}/executions?limit=50`);
  for (const execution of items.reverse()) {
    const now = `${execution.state} ${execution.attempt}`;
    if (seen.get(execution.id) === now) continue;
    seen.set(execution.id, now);
    console.log(line(job, execution));
  }
}

function line(job, execution) {
  const time = new Date().toISOString().slice(11, 23);
  const attempt = `${execution.attempt}/${execution.maxAttempts}`;
  return columns(time, job.label, execution.id.slice(-6), execution.state, attempt, details(execution));
}

function columns(time, job, run, state, attempt, details) {
  return [time.padEnd(12), job.padEnd(18), run.padEnd(6), state.padEnd(9), attempt.padEnd(7), details].join(
    '  ',
  );
}

function details({ state, result, error, startDelayMs, durationMs, attempt }) {
  if (state === 'pending' && attempt > 0) return `will be retried: ${error?.message ?? 'the attempt failed'}`;
  if (state === 'running') return startDelayMs === null ? '' : `started ${startDelayMs} ms after its instant`;
  if (state === 'succeeded') return `${durationMs} ms, ${outcome(result)}`;
  return error?.message ?? '';
}

function outcome(result) {
  if (result?.statusCode !== undefined) return `HTTP ${result.statusCode}`;
  return `exit code ${result?.exitCode}, printed ${JSON.stringify(result?.output?.trim())}`;
}
