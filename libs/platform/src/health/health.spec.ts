import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout as wait } from 'node:timers/promises';
import { DrainState } from './drain-state.js';
import { HealthModule, Pulse, type ReadinessCheck } from './index.js';

let app: INestApplication;

async function start(...checks: ReadinessCheck[]): Promise<string> {
  const module = HealthModule.register({ useFactory: () => checks });
  app = await NestFactory.create(module, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

afterEach(() => app.close());

const up = (name: string, required = true): ReadinessCheck => ({
  name,
  required,
  check: async () => undefined,
});
const down = (name: string, required = true): ReadinessCheck => ({
  name,
  required,
  check: () => Promise.reject(new Error('cannot reach postgresql://app:hunter2@db')),
});
const hanging: ReadinessCheck = { name: 'slow', required: true, check: () => new Promise(() => undefined) };

describe('/health/ready', () => {
  it('is 200 when all is up', async () => {
    const response = await fetch(`${await start(up('database'), up('queue'))}/health/ready`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ status: 'ok', details: { queue: { status: 'up' } } });
  });

  it('is 503 and says which is down', async () => {
    const response = await fetch(`${await start(down('database'), up('queue'))}/health/ready`);
    expect(response.status).toBe(503);
    const message = 'cannot reach postgresql://app:[redacted]@db';
    expect(await response.json()).toMatchObject({
      status: 'error',
      error: { database: { status: 'down', message } },
    });
  });

  it('stays 200 when what is down can be missed', async () => {
    const response = await fetch(`${await start(up('database'), down('queue', false))}/health/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'degraded',
      details: { queue: { status: 'degraded' } },
    });
  });

  it('does not wait for what hangs', async () => {
    const response = await fetch(`${await start(hanging)}/health/ready`);
    expect(await response.json()).toMatchObject({ error: { slow: { message: 'no answer within 2000 ms' } } });
  });

  it('asks once for all who come within a second, and again for the next', async () => {
    let asked = 0;
    const counted: ReadinessCheck = { ...up('database'), check: async () => void (asked += 1) };
    const ask = async (): Promise<number> => (await fetch(`${url}/health/ready`)).status;
    const url = await start(counted);
    expect(new Set(await Promise.all(Array.from({ length: 50 }, ask)))).toEqual(new Set([200]));
    expect(asked).toBe(1);
    await wait(1_000);
    await ask();
    expect(asked).toBe(2);
  });

  it('is 503 while draining, also to who comes within that second', async () => {
    const url = await start(up('database'));
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    app.get(DrainState).startDraining();
    const response = await fetch(`${url}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { accepting: { message: 'shutting down' } } });
  });
});

describe('/health/live', () => {
  it('asks nobody', async () => {
    const response = await fetch(`${await start(down('database'))}/health/live`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('is 503 once a loop has not begun a round for longer than it may', async () => {
    const url = await start(up('database'));
    app.get(Pulse).beat('scheduler', -1);
    const response = await fetch(`${url}/health/live`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'error', stuck: ['scheduler'] });
    app.get(Pulse).stop('scheduler');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });
});

describe('/health/startup', () => {
  it('is there as soon as the process listens', async () => {
    expect((await fetch(`${await start(down('database'))}/health/startup`)).status).toBe(200);
  });
});
