import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { Webhook } from 'standardwebhooks';
import { loadConfig } from '@app/platform/config';
import { createLogger } from '@app/platform/logging';
import type { Target } from '@app/targets';
import { TargetServer } from '../../../../test/support/target-server.js';
import { queueBackendsUnderTest, testRedisUrl } from '../../../../test/support/test-redis.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { aJob } from '../../../../test/support/a-job.js';
import { type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

const SECRET = 'hunter2/&"token"+ =é';
/** Whatever encoding it may have been left in. */
const TRACES = [
  'hunter2',
  Buffer.from(SECRET).toString('base64').slice(0, 20),
  Buffer.from('hunter2').toString('hex'),
];

const TEXT_COLUMNS = `
  SELECT c.relname AS "table" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`;

/** Every column of every row as text, as a dump would show it; bytea in hex. */
async function dumpOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ table: string }>(
    TEXT_COLUMNS.replace('c.relname', `n.nspname || '.' || quote_ident(c.relname)`),
  );
  const dumps: string[] = [];
  for (const { table } of rows) {
    const { rows: texts } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
    dumps.push(...texts.map(({ row }) => row));
  }
  await client.end();
  return dumps.join('\n');
}

async function redisDump(): Promise<string> {
  const redis = new Redis(testRedisUrl() ?? '');
  const keys = await redis.keys('*');
  const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  redis.disconnect();
  return keys.join('\n') + values.map((value) => value?.toString('latin1')).join('\n');
}

jest.setTimeout(60_000);

describe.each(queueBackendsUnderTest())('runs with secrets, on the %s queue', (backend) => {
  let app: ExecutionsApp;
  let target: TargetServer;
  let logs = '';

  beforeAll(async () => {
    const output = { write: (line: string) => void (logs += line) };
    app = await startExecutionsApp(
      'api_and_worker',
      backend,
      createLogger(loadConfig({ LOG_LEVEL: 'TRACE', LOG_FORMAT: 'json' }), output),
    );
    target = await TargetServer.start();
    await app.call('PUT', '/secrets/TOKEN', { value: SECRET });
  });
  afterAll(async () => {
    await app.close();
    await target.stop();
  });

  async function run(spec: Target, retries = 0): Promise<Record<string, unknown>> {
    const retryPolicy = { ...aJob().retryPolicy, maxAttempts: 1 + retries, initialDelayMs: 1_100 };
    const job = await app.jobs.create('default', aJob({ target: spec, retryPolicy }));
    const { body } = await app.call('POST', `/jobs/${job.id}/execute`);
    return waitFor(
      async () => {
        const execution = (await app.call('GET', `/executions/${String(body.id)}`)).body;
        return execution.finishedAt !== null && execution;
      },
      { describe: 'the run to end', timeoutMs: 20_000 },
    );
  }

  it('leave the value nowhere: not in the database, the queue, the log, or what the api tells', async () => {
    target.answer(`/echo?key=${encodeURIComponent(SECRET)}`, {
      status: 500,
      body: `you sent ${SECRET} and ${encodeURIComponent(SECRET)} and ${JSON.stringify(SECRET)}`,
    });
    const failedRun = await run({
      type: 'http',
      method: 'POST',
      url: target.url('/echo?key={{secret.TOKEN}}'),
      headers: { 'X-Key': '{{secret.TOKEN}}' },
      body: { key: '{{secret.TOKEN}}' },
    });
    const commandRun = await run({
      type: 'command',
      command: 'sh',
      args: ['-c', 'echo $KEY; cat; echo "failed with $KEY" >&2; exit 3'],
      env: { KEY: '{{secret.TOKEN}}' },
      stdin: 'in {{secret.TOKEN}}\n',
    });
    expect(target.requests.at(-1)).toMatchObject({
      headers: { 'x-key': SECRET },
    });
    expect(failedRun).toMatchObject({
      state: 'failed',
      result: { output: expect.stringContaining('you sent [redacted] and') },
    });
    expect(commandRun).toMatchObject({ result: { exitCode: 3, output: '[redacted]\nin [redacted]\n' } });

    const told = [failedRun, commandRun];
    for (const { id } of [failedRun, commandRun])
      told.push((await app.call('GET', `/executions/${String(id)}/logs`)).body);
    told.push((await app.call('GET', '/executions')).body, (await app.call('GET', '/secrets')).body);
    const places = {
      api: JSON.stringify(told),
      log: logs,
      database: await dumpOf(String((app.database.options as { url?: string }).url)),
      queue: backend === 'redis' ? await redisDump() : await dumpOf(app.queueUrl),
    };
    expect(places.database).toContain('{{secret.TOKEN}}');
    expect(places.api).toContain('failed with [redacted]');
    for (const [place, text] of Object.entries(places)) {
      for (const trace of TRACES) expect([place, text.includes(trace)]).toEqual([place, false]);
    }
  });

  it('fail before anything is sent, and are not tried again, when a secret is missing', async () => {
    const before = target.requests.length;
    const execution = await run(
      { type: 'http', method: 'POST', url: target.url('/x'), body: '{{secret.NONE}}' },
      3,
    );
    expect(execution).toMatchObject({
      state: 'failed',
      attempt: 1,
      error: { type: 'secret_missing', message: 'there is no secret named NONE' },
    });
    expect(target.requests).toHaveLength(before);
  });

  it('are signed by the old and the new signing secret once the service has them', async () => {
    const first = (await app.call('POST', '/signing-secrets/rotate')).body.secret as string;
    const second = (await app.call('POST', '/signing-secrets/rotate')).body.secret as string;
    await waitFor(
      async () => {
        await run({ type: 'http', method: 'POST', url: target.url('/probe') });
        return target.requestsTo('/probe').at(-1)?.headers['webhook-signature'] !== undefined;
      },
      { describe: 'the worker to know of the signing secrets', timeoutMs: 30_000 },
    );
    const body = { é: ['{{secret.TOKEN}}'] };
    const execution = await run({ type: 'http', method: 'POST', url: target.url('/signed'), body });
    const [received] = target.requestsTo('/signed');
    expect(received?.headers['webhook-id']).toBe(execution.id);
    for (const secret of [first, second]) {
      const webhook = new Webhook(secret);
      expect(() => webhook.verify(received!.body, received!.headers as Record<string, string>)).not.toThrow();
    }
  });
});
