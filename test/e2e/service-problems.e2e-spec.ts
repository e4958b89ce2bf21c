import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, RequestHeaders } from './support/api-client.js';
import { expectProblem, pointersOf, type Problem } from './support/problems.js';
import type { Job, Schedule } from './support/resources.js';
import { bodyOf, useRunningService } from './support/running-service.js';

const TARGET = { type: 'http', url: 'http://127.0.0.1:9/' };
const COMMAND = { type: 'command', command: 'node' };
const CRON = { type: 'cron', cronExpression: '0 9 * * *' };
const INTERVAL = { type: 'interval', intervalSeconds: 60 };
const KEY_OF_256 = { 'Idempotency-Key': 'k'.repeat(256) };

const service = useRunningService();
let job: Job;
let schedule: Schedule;
let executionId: string;

beforeAll(async () => {
  job = await service.createJob();
  schedule = await service.createSchedule(job, CRON);
  executionId = (await service.run(job)).id;
});

/** Everything that a refused request could have changed. */
async function stateOfService(): Promise<object> {
  const [jobs, schedules, executions] = await Promise.all(
    ['/jobs', '/schedules', '/executions'].map((path) => service.api.pages(`${path}?limit=200`)),
  );
  return { jobs, schedules, executions };
}

async function expectNothingChanged(send: () => Promise<Answer<Problem>>): Promise<Answer<Problem>> {
  const before = await stateOfService();
  const answer = await send();
  expect(await stateOfService()).toEqual(before);
  return answer;
}

/** `{job}`, `{schedule}` and `{execution}` in a path stand for ids that exist. */
function resolved(path: string): string {
  return path.replace('{job}', job.id).replace('{schedule}', schedule.id).replace('{execution}', executionId);
}

const aJob = (changes: object = {}): object => ({ name: 'refused', target: TARGET, ...changes });
const nested = (levels: number): unknown => (levels === 0 ? 1 : { in: nested(levels - 1) });

describe('a body that says something wrong is refused with 400 and a pointer to it', () => {
  it.each<[what: string, path: string, body: unknown, pointers: string[]]>([
    ['a job without a name', '/jobs', { target: TARGET }, ['/name']],
    ['a job with a number for a name', '/jobs', aJob({ name: 7 }), ['/name']],
    ['a job with an empty name', '/jobs', aJob({ name: '' }), ['/name']],
    ['a job with NUL in its name', '/jobs', aJob({ name: 'a\u0000b' }), ['/name']],
    ['a job with half a surrogate pair', '/jobs', aJob({ description: '\ud800' }), ['/description']],
    ['a job without a target', '/jobs', { name: 'refused' }, ['/target']],
    ['an unknown type of target', '/jobs', aJob({ target: { type: 'grpc' } }), ['/target/type']],
    ['a file as URL', '/jobs', aJob({ target: { ...TARGET, url: 'file:///etc/passwd' } }), ['/target/url']],
    ['credentials in a URL', '/jobs', aJob({ target: { ...TARGET, url: 'http://a:b@c/' } }), ['/target/url']],
    [
      'a header that ends the line',
      '/jobs',
      aJob({ target: { ...TARGET, headers: { 'X-A': 'b\r\nHost: evil' } } }),
      ['/target/headers'],
    ],
    ['args that are text', '/jobs', aJob({ target: { ...COMMAND, args: '-v' } }), ['/target/args']],
    ['a URL for a command', '/jobs', aJob({ target: { ...COMMAND, url: 'http://c/' } }), ['/target/url']],
    ['parameters that are a list', '/jobs', aJob({ parameters: [] }), ['/parameters']],
    ['parameters 21 levels deep', '/jobs', aJob({ parameters: nested(21) }), ['/parameters']],
    ['no attempts', '/jobs', aJob({ retryPolicy: { maxAttempts: 0 } }), ['/retryPolicy/maxAttempts']],
    ['a time-out of 0', '/jobs', aJob({ timeoutMs: 0 }), ['/timeoutMs']],
    ['a priority as text', '/jobs', aJob({ priority: '5' }), ['/priority']],
    ['priority 11', '/jobs', aJob({ priority: 11 }), ['/priority']],
    ['an unknown property', '/jobs', aJob({ cron: '* * * * *' }), ['/cron']],
    ['a property of the service', '/jobs', aJob({ version: 3 }), ['/version']],
    ['several faults at once', '/jobs', { name: 7, priority: 0 }, ['/name', '/priority', '/target']],
    ['null for a job', '/jobs', null, ['']],
    ['a list of jobs', '/jobs', [aJob()], ['']],
    ['a schedule of no type', '/jobs/{job}/schedules', {}, ['/type']],
    ['a cron schedule without expression', '/jobs/{job}/schedules', { type: 'cron' }, ['/cronExpression']],
    [
      'seven fields',
      '/jobs/{job}/schedules',
      { ...CRON, cronExpression: '* * * * * * *' },
      ['/cronExpression'],
    ],
    ['minute 60', '/jobs/{job}/schedules', { ...CRON, cronExpression: '60 * * * *' }, ['/cronExpression']],
    ['30 February', '/jobs/{job}/schedules', { ...CRON, cronExpression: '0 0 30 2 *' }, ['/cronExpression']],
    [
      'an expression of 5,000',
      '/jobs/{job}/schedules',
      { ...CRON, cronExpression: '1,'.repeat(2_500) },
      ['/cronExpression'],
    ],
    ['an offset for a zone', '/jobs/{job}/schedules', { ...CRON, timezone: 'UTC+25' }, ['/timezone']],
    ['the zone local', '/jobs/{job}/schedules', { ...CRON, timezone: 'local' }, ['/timezone']],
    ['an interval of 0', '/jobs/{job}/schedules', { ...INTERVAL, intervalSeconds: 0 }, ['/intervalSeconds']],
    ['half a second', '/jobs/{job}/schedules', { ...INTERVAL, intervalSeconds: 0.5 }, ['/intervalSeconds']],
    ['two types at once', '/jobs/{job}/schedules', { ...INTERVAL, ...CRON }, ['/intervalSeconds']],
    [
      'a run in the past',
      '/jobs/{job}/schedules',
      { type: 'one_time', runAt: '2020-01-01T00:00:00Z' },
      ['/runAt'],
    ],
    [
      'a run at a local time',
      '/jobs/{job}/schedules',
      { type: 'one_time', runAt: '2031-01-01T00:00:00' },
      ['/runAt'],
    ],
    [
      'an end before the start',
      '/jobs/{job}/schedules',
      { ...CRON, startAt: '2031-01-02T00:00:00Z', endAt: '2031-01-01T00:00:00Z' },
      ['/endAt'],
    ],
    ['maxRuns of 0', '/jobs/{job}/schedules', { ...CRON, maxRuns: 0 }, ['/maxRuns']],
    ['an unknown policy', '/jobs/{job}/schedules', { ...CRON, overlapPolicy: 'queue' }, ['/overlapPolicy']],
    ['parameters of a run as text', '/jobs/{job}/execute', { parameters: 'a' }, ['/parameters']],
    ['a run of another job', '/jobs/{job}/execute', { jobId: 'x' }, ['/jobId']],
    ['a pause without words', '/schedules/{schedule}/pause', { reason: '' }, ['/reason']],
    ['an unknown catch-up', '/schedules/{schedule}/resume', { catchup: 'some' }, ['/catchup']],
    ['a preview of 5,000', '/schedules/preview', { ...CRON, count: 5_000 }, ['/count']],
    [
      'a reason of 501 characters',
      '/executions/{execution}/cancel',
      { reason: 'x'.repeat(501) },
      ['/reason'],
    ],
  ])('%s', async (_what, path, body, pointers) => {
    const answer = await expectNothingChanged(() => service.api.post<Problem>(resolved(path), body));
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(pointersOf(answer.body).sort()).toEqual(pointers);
  });

  it.each<[path: string, patch: unknown, pointer: string]>([
    ['/jobs/{job}', { name: null }, '/name'],
    ['/jobs/{job}', { target: { url: 'nowhere' } }, '/target/url'],
    ['/jobs/{job}', { id: 'x' }, '/id'],
    ['/jobs/{job}', [], ''],
    ['/schedules/{schedule}', { timezone: 'Mars/Base' }, '/timezone'],
    ['/schedules/{schedule}', { intervalSeconds: 60 }, '/intervalSeconds'],
    ['/schedules/{schedule}', { type: 'interval' }, '/cronExpression'],
  ])('a patch of %s with %j', async (path, patch, pointer) => {
    const answer = await expectNothingChanged(() => service.api.patch<Problem>(resolved(path), patch));
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(pointersOf(answer.body)).toContain(pointer);
  });
});

describe('a query that says something wrong is refused with 400 and a pointer to it', () => {
  it.each([
    ['/jobs?limit=0', '/limit'],
    ['/jobs?limit=201', '/limit'],
    ['/jobs?limit=5x', '/limit'],
    ['/jobs?limit=1&limit=2', '/limit'],
    ['/jobs?cursor=garbage', '/cursor'],
    ['/jobs?active=yes', '/active'],
    ['/jobs?colour=red', '/colour'],
    ['/jobs?q=%00', '/q'],
    ['/jobs/{job}/schedules?state=failed', '/state'],
    ['/schedules/{schedule}/preview?count=-1', '/count'],
    ['/executions?state=done', '/state'],
    ['/executions?state=failed,done', '/state'],
    ['/executions?trigger=magic', '/trigger'],
    ['/executions?jobId=1', '/jobId'],
    ['/executions?from=yesterday', '/from'],
    ['/executions?from=2031-01-01T00:00:00Z&to=2030-01-01T00:00:00Z', '/to'],
    ['/executions?sort=asc', '/sort'],
    ['/jobs/{job}/executions?limit=-1', '/limit'],
    ['/executions/{execution}/logs?follow=maybe', '/follow'],
    ['/executions/{execution}/logs?cursor=bm9uZQ', '/cursor'],
  ])('GET %s', async (path, pointer) => {
    const answer = await service.api.get<Problem>(resolved(path));
    expectProblem(answer, { status: 400, code: 'validation_failed', pointers: [pointer] });
  });
});

describe('a request that is wrong as such', () => {
  const json = { 'Content-Type': 'application/json' };
  const valid = JSON.stringify(aJob());

  it.each<
    [what: string, status: number, body: string | Uint8Array<ArrayBuffer> | null, headers: RequestHeaders]
  >([
    ['JSON that ends too early', 400, '{"name": "x"', json],
    ['what is no JSON', 400, 'name=x', json],
    ['bytes that are no UTF-8', 400, new Uint8Array([0x22, 0xff, 0xfe, 0x22]), json],
    ['a body of 1 MB and more', 413, JSON.stringify({ name: 'x'.repeat(1_100_000) }), json],
    ['a form', 415, 'name=x', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['plain text', 415, valid, { 'Content-Type': 'text/plain' }],
    ['JSON in Latin-1', 415, valid, { 'Content-Type': 'application/json; charset=latin1' }],
    ['a compressed body', 415, valid, { ...json, 'Content-Encoding': 'gzip' }],
    ['no body', 400, null, {}],
    ['an Idempotency-Key of 256 characters', 400, valid, { ...json, ...KEY_OF_256 }],
    ['__proto__ as a key', 400, '{"name":"x","__proto__":{}}', json],
    ['a number beyond all numbers', 400, '{"name":"x","priority":1e999}', json],
    ['a key twice', 400, '{"name":"x","name":"y"}', json],
    ['an integer that would become another', 400, '{"name":"x","parameters":{"n":9007199254740993}}', json],
    ['a wrong byte in a text', 400, new Uint8Array([...Buffer.from('{"name":"'), 0xff, 0x22, 0x7d]), json],
    ['JSON in UTF-16', 415, valid, { 'Content-Type': 'application/json; charset=utf-16' }],
    ['brackets without end', 400, '['.repeat(10_000), json],
    ['brackets 5,000 deep', 400, '['.repeat(5_000) + ']'.repeat(5_000), json],
  ])('%s is refused with %i', async (_what, status, body, headers) => {
    const answer = await expectNothingChanged(() =>
      service.api.send<Problem>('POST', '/jobs', body, headers),
    );
    expectProblem(answer, { status, code: answer.body.code });
  });

  it.each([
    ['PUT', 'no-tag'],
    ['PATCH', '"1", "2"'],
    ['DELETE', '1'],
  ])('an If-Match that is no entity tag is refused by %s', async (method, tag) => {
    const body = method === 'DELETE' ? undefined : aJob();
    const answer = await expectNothingChanged(() =>
      service.api.call<Problem>(method, `/jobs/${job.id}`, body, { 'If-Match': tag }),
    );
    expectProblem(answer, { status: 400, code: 'validation_failed', pointers: ['/If-Match'] });
  });

  it.each(['/jobs/{job}/activate', '/jobs/{job}/deactivate', '/executions/{execution}/retry'])(
    'POST %s, which needs no body, still takes no text for one',
    async (path) => {
      const answer = await expectNothingChanged(() =>
        service.api.send<Problem>('POST', resolved(path), 'now', { 'Content-Type': 'text/plain' }),
      );
      expectProblem(answer, { status: 415, code: 'unsupported_media_type' });
    },
  );

  it('leaves a service that works', async () => {
    bodyOf(200, await service.api.get('/health/ready'));
    expect(await service.run(job)).toMatchObject({ state: 'succeeded' });
  });
});
