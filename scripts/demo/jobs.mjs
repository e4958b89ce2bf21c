import { call } from './api.mjs';

/** What the demo shows; `schedule` says when, and a job without one is run once by hand. */
function definitions(target) {
  const get = (path) => ({ type: 'http', method: 'GET', url: target.url(path) });
  return [
    {
      label: 'cron, every 5 s',
      target: get('/ok'),
      schedule: { type: 'cron', cronExpression: '*/5 * * * * *' },
    },
    { label: 'interval, 3 s', target: get('/ok'), schedule: { type: 'interval', intervalSeconds: 3 } },
    { label: 'one-time, in 5 s', target: get('/ok'), schedule: { type: 'one_time', runAt: inMs(5_000) } },
    {
      label: 'flaky, 3 attempts',
      target: get('/flaky'),
      retryPolicy: { maxAttempts: 3, backoff: 'exponential' },
    },
    { label: 'slow, takes 4 s', target: get('/slow') },
    {
      label: 'command',
      target: {
        type: 'command',
        command: 'node',
        args: ['-e', 'console.log(process.env.SCHEDULER_PARAMETERS)'],
      },
      parameters: { greeting: 'hello' },
    },
  ];
}

function inMs(ms) {
  return new Date(Date.now() + ms).toISOString();
}

/** @param made gets every job as soon as it exists, so that a failure half-way leaves nothing behind. */
export async function createJobs(target, made) {
  const run = Date.now().toString(36);
  for (const { label, schedule, ...job } of definitions(target)) {
    const name = `demo-${run}-${label.replace(/\W+/g, '-')}`;
    const { id } = await call('POST', '/jobs', { name, tags: ['demo'], ...job });
    made.push({ id, label });
    if (schedule) await call('POST', `/jobs/${id}/schedules`, schedule);
    else await call('POST', `/jobs/${id}/execute`);
  }
}

export async function deleteJobs(jobs) {
  for (const { id } of jobs) await call('DELETE', `/jobs/${id}`);
}
