import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TargetServer } from '../support/target-server.js';
import { waitFor } from '../support/wait-for.js';
import { FleetProcess } from './support/fleet/fleet-process.js';
import { THIS_CODE } from './support/fleet/fleet.js';
import type { Execution } from './support/resources.js';
import { ApiProcess } from './support/tenancy/api-process.js';
import { ServiceClient } from './support/tenancy/service-client.js';

/** How long docs/security.md lets a change of a service's list take to reach the workers. */
const KNOWN_WITHIN_MS = 5_000;
const START_TIMEOUT_MS = 150_000;
const DENIED = { state: 'failed', error: { type: 'egress_denied' } };

jest.setTimeout(60_000);

let api: ApiProcess;
let worker: FleetProcess;
let target: TargetServer;
let operator: ServiceClient;
let a: ServiceClient;
let b: ServiceClient;

beforeAll(async () => {
  [api, target] = await Promise.all([ApiProcess.start(), TargetServer.start()]);
  worker = await FleetProcess.start(THIS_CODE, 'worker', {
    DATABASE_URL: api.database.url,
    QUEUE_DATABASE_URL: api.database.queueUrl,
    QUEUE_BACKEND: 'postgres',
    AUTH_MODE: 'api-key',
    EGRESS_ALLOW: '',
  });
  operator = await clientOf('default', '--scopes', 'service:admin');
  [a, b] = [await clientOf('a'), await clientOf('b')];
}, START_TIMEOUT_MS);

afterAll(async () => {
  await worker?.stop();
  await api?.stop();
  await target?.stop();
}, START_TIMEOUT_MS);

async function clientOf(service: string, ...more: string[]): Promise<ServiceClient> {
  return new ServiceClient(api.url, await api.createKey(service, ...more));
}

const allow = (slug: string, ...egressAllow: string[]): Promise<unknown> =>
  operator.done('PATCH', `/services/${slug}`, { egressAllow });

/** One run of a job that calls `path` of the target, when it has ended. */
async function runOf(service: ServiceClient, path: string): Promise<Execution> {
  const job = { name: path, target: { type: 'http', url: target.url(path) } };
  const { id } = await service.done<{ id: string }>('POST', '/jobs', job);
  return runAgain(service, id);
}

async function runAgain(service: ServiceClient, jobId: string): Promise<Execution> {
  const { id } = await service.done<{ id: string }>('POST', `/jobs/${jobId}/execute`, {});
  return waitFor(
    async () => {
      const execution = await service.done<Execution>('GET', `/executions/${id}`);
      return execution.finishedAt !== null && execution;
    },
    { timeoutMs: 30_000, describe: 'the run to end' },
  );
}

/** Runs until one is denied. @returns when the last that was not denied started */
async function lastStartBeforeDenied(service: ServiceClient, jobId: string): Promise<number> {
  let lastStartMs = 0;
  await waitFor(
    async () => {
      const { error, state, startedAt } = await runAgain(service, jobId);
      if (error?.type === 'egress_denied') return true;
      expect(state).toBe('succeeded');
      lastStartMs = Date.parse(startedAt!);
      return false;
    },
    { timeoutMs: 30_000, describe: 'a run to be denied' },
  );
  return lastStartMs;
}

describe('with an EGRESS_ALLOW that lists nothing', () => {
  it('a service reaches what its own list allows, and another one sends no packet there', async () => {
    const { port } = new URL(target.url('/'));
    await allow('a', `127.0.0.1:${port}`);
    await allow('b', `127.0.0.1:${Number(port) - 1}`);
    expect(await runOf(b, '/before')).toMatchObject(DENIED);
    expect(target.connections).toBe(0);
    expect(await runOf(a, '/allowed')).toMatchObject({ state: 'succeeded', result: { statusCode: 200 } });
    expect(target.requestsTo('/allowed')).toHaveLength(1);
    const connections = target.connections;
    expect(await runOf(b, '/allowed')).toMatchObject(DENIED);
    expect(target.connections).toBe(connections);
    expect(target.requests).toHaveLength(1);
  });

  it('a service is stopped within 5 s of an operator withdrawing it, on connections that it has too', async () => {
    await allow('a', '127.0.0.1');
    const { id: jobId } = await a.done<{ id: string }>('POST', '/jobs', {
      name: 'until withdrawn',
      target: { type: 'http', url: target.url('/until-withdrawn') },
    });
    await waitFor(async () => (await runAgain(a, jobId)).state === 'succeeded', {
      timeoutMs: 30_000,
      describe: 'a run that is let through',
    });
    await allow('a');
    const withdrawnAtMs = Date.now();
    const lastStartMs = await lastStartBeforeDenied(a, jobId);
    expect(lastStartMs - withdrawnAtMs).toBeLessThan(KNOWN_WITHIN_MS);
    const { length } = target.requests;
    expect(await runAgain(a, jobId)).toMatchObject(DENIED);
    expect(target.requests).toHaveLength(length);
  });
});
