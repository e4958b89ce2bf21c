import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Response as ExpressResponse } from 'express';
import { aJob } from '../../../../../test/support/a-job.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { insertExecution } from '../testing/an-execution.js';
import { type ExecutionsApp, startExecutionsApp } from '../testing/executions-app.js';
import { type HeldFor, HeldRequests } from './held-requests.js';

let app: ExecutionsApp;
let jobId: string;
let executionId: string;
let others: ExpressResponse[] = [];

beforeAll(async () => {
  app = await startExecutionsApp('api');
  jobId = (await app.jobs.create('default', aJob())).id;
});
afterAll(() => app.close());
beforeEach(async () => {
  executionId = await insertExecution(app.database, { jobId, state: 'pending' });
});
afterEach(() => {
  for (const other of others) other.emit('close');
  others = [];
  jest.restoreAllMocks();
});

/** Requests of the service that others have made. */
function keepOpen(count: number, heldFor: HeldFor): void {
  for (let n = 0; n < count; n++) {
    const other = Object.assign(new EventEmitter(), { closed: false }) as unknown as ExpressResponse;
    app.get(HeldRequests).hold(other, 'default', heldFor);
    others.push(other);
  }
}

function hasRoom(heldFor: HeldFor): boolean {
  const probe = Object.assign(new EventEmitter(), { closed: false }) as unknown as ExpressResponse;
  const signal = app.get(HeldRequests).holdIfRoom(probe, 'default', heldFor);
  probe.emit('close');
  return signal !== null;
}

const follow = (signal: AbortSignal | null = null) =>
  fetch(`${app.url}/executions/${executionId}/logs?follow=true`, { signal });

const execute = (Prefer: string) => app.call('POST', `/jobs/${jobId}/execute`, undefined, { Prefer });

describe('a log that a hundred others of the service are followed beside', () => {
  it('can be read and not followed, and its reader is told when to come back', async () => {
    keepOpen(100, 'log');
    const answer = await app.call('GET', `/executions/${executionId}/logs?follow=true`);
    expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_held' } });
    expect(answer.headers.get('Retry-After')).toBe('5');
    expect((await app.call('GET', `/executions/${executionId}/logs`)).status).toBe(200);
  });
});

describe('a followed log makes room', () => {
  const finish = `UPDATE executions SET state = 'cancelled', cancel_requested_at = now(), finished_at = now() WHERE id = $1`;

  it.each<[string, (stream: Response, client: AbortController) => unknown]>([
    ['when its client goes', (_stream, client) => client.abort()],
    ['when its run ends', () => app.database.query(finish, [executionId])],
    ['when it breaks', () => jest.spyOn(app.logs, 'readAfter').mockRejectedValueOnce(new Error('away'))],
  ])('%s', async (_when, end) => {
    keepOpen(99, 'log');
    const client = new AbortController();
    const stream = await follow(client.signal);
    const text = stream.text().catch(() => 'cut off');
    expect([stream.status, hasRoom('log')]).toEqual([200, false]);
    await end(stream, client);
    await waitFor(() => hasRoom('log'), { describe: 'room for another log' });
    await text;
  });
});

describe('a request that prefers to wait', () => {
  it('is answered at once where the service has no room for it, and is not told that it has waited', async () => {
    keepOpen(200, 'run');
    const { status, headers, body } = await execute('wait=60');
    expect({ status, body }).toMatchObject({ status: 202, body: { trigger: 'manual' } });
    expect(headers.get('Location')).toBe(`/executions/${body.id as string}`);
    expect(headers.get('Preference-Applied')).toBeNull();
  });

  it('waits where there is room, and makes room again', async () => {
    keepOpen(199, 'run');
    const { status, headers } = await execute('wait=1');
    expect([status, headers.get('Preference-Applied')]).toEqual([202, 'wait=1']);
    await waitFor(() => hasRoom('run'), { describe: 'room for another' });
  });
});
