import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Logger } from '@nestjs/common';
import { register } from 'prom-client';
import { LONGEST_OPEN_MS } from '../domain/circuit.js';
import type { Outcome } from '../outcome.js';
import type { RunContext } from '../runner.js';
import { aContext, aGrant, neverAborted, RecordingLog, TIMED_OUT } from '../testing/a-run.js';
import { HttpCalls } from '../testing/http-calls.js';
import type { HttpRunner } from './http.runner.js';
import { TargetCircuits } from './target-circuits.js';

const LIMIT = 3;
const UNCALLED = { type: 'uncalled', error: { type: 'circuit_open' } };
const REFUSED = { type: 'failed', cause: 'network' };
const ANSWERED = { type: 'succeeded' };

describe('the circuit of a host', () => {
  let calls: HttpCalls;
  let nowMs: number;
  let runner: HttpRunner;
  /** Closes each connection at once. */
  let away: Server;
  let connections: number;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  beforeEach(async () => {
    calls = new HttpCalls();
    [nowMs, connections] = [0, 0];
    runner = calls.aRunner(undefined, new TargetCircuits(LIMIT, () => nowMs, Math.random));
    away = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    away.listen(0, '127.0.0.1');
    await once(away, 'listening');
  });

  afterEach(async () => {
    await calls.end();
    away.close();
  });

  const awayUrl = (host = '127.0.0.1') =>
    `http://${host}:${(away.address() as AddressInfo).port}/secret-path`;

  const call = (url: string, context: Partial<RunContext> = {}, signal = neverAborted()): Promise<Outcome> =>
    runner.run({ type: 'http', method: 'POST', url }, aContext(context), signal, new RecordingLog());

  const fails = async (times: number, url = awayUrl()): Promise<void> => {
    for (let time = 0; time < times; time++) expect(await call(url)).toMatchObject(REFUSED);
  };

  const shown = async (name: string) => (await register.getSingleMetric(name)?.get())?.values[0]?.value;

  it('opens when it was away so many times in a row, and then costs the host no connection', async () => {
    await fails(LIMIT);
    expect(await call(awayUrl())).toMatchObject(UNCALLED);
    expect(connections).toBe(LIMIT);
  });

  it('says when to come again, and names no more of the URL than its origin', async () => {
    await fails(LIMIT);
    const outcome = await call(awayUrl());
    expect(outcome).toMatchObject({ ...UNCALLED, result: null, retryInMs: expect.any(Number) });
    expect(JSON.stringify(outcome)).toContain(new URL(awayUrl()).origin);
    expect(JSON.stringify(outcome)).not.toContain('secret-path');
  });

  it('lets one call find out whether it is back, and all others go as soon as it is', async () => {
    let isBack = false;
    const server = await calls.aServer((_, response) => (isBack ? response.end('ok') : response.destroy()));
    await fails(LIMIT, server.url);
    nowMs += LONGEST_OPEN_MS;
    const probes = [call(server.url), call(server.url)];
    expect(await Promise.all(probes)).toMatchObject([REFUSED, UNCALLED]);

    nowMs += LONGEST_OPEN_MS;
    isBack = true;
    expect(await call(server.url)).toMatchObject(ANSWERED);
    expect(await call(server.url)).toMatchObject(ANSWERED);
  });

  it('costs a probe that cannot connect no more than those that wait for it', async () => {
    const server = await calls.aServer();
    const { url } = server;
    await server.stop();
    await fails(LIMIT, url);
    nowMs += LONGEST_OPEN_MS;
    expect(await call(url)).toMatchObject(UNCALLED);
    nowMs += 2 * LONGEST_OPEN_MS;
    expect(await call(url, { mayGoUncalled: false })).toMatchObject(REFUSED);
  });

  it('defers no run that has waited often enough', async () => {
    await fails(LIMIT);
    expect(await call(awayUrl(), { mayGoUncalled: false })).toMatchObject(REFUSED);
  });

  it('is of one service and of one origin', async () => {
    await fails(LIMIT);
    const server = await calls.aServer();
    expect(await call(awayUrl(), { grants: aGrant({ service: 'other' }) })).toMatchObject(REFUSED);
    expect(await call(server.url)).toMatchObject(ANSWERED);
  });

  it('is opened by time-outs too, but not by a cancel or a shutdown', async () => {
    const server = await calls.aServer(() => undefined);
    const isAbortedFor = (type: 'cancelled' | 'shutdown' | 'timeout') =>
      call(server.url, {}, AbortSignal.any([abortSoon({ ...TIMED_OUT, type })]));
    for (const type of [
      'cancelled',
      'cancelled',
      'shutdown',
      'shutdown',
      'timeout',
      'timeout',
      'timeout',
    ] as const)
      expect(await isAbortedFor(type)).toMatchObject({ type: 'aborted', reason: { type } });
    expect(await isAbortedFor('timeout')).toMatchObject(UNCALLED);
  });

  it('stays closed whatever a host answers', async () => {
    const server = await calls.aServer((_, response) => response.writeHead(503).end());
    for (let time = 0; time < 2 * LIMIT; time++)
      expect(await call(server.url)).toMatchObject({ type: 'failed', cause: '5xx' });
  });

  it('stays closed for an address that may not be called', async () => {
    for (let time = 0; time < 2 * LIMIT; time++)
      expect(await call('http://10.0.0.1/')).toMatchObject({ cause: 'egress' });
  });

  it('stays closed for a host that redirects to one that is away', async () => {
    const server = await calls.aServer((_, response) =>
      response.writeHead(307, { location: awayUrl() }).end(),
    );
    const target = { type: 'http', method: 'POST', url: server.url, followRedirects: true } as const;
    for (let time = 0; time < 2 * LIMIT; time++)
      expect(await runner.run(target, aContext(), neverAborted(), new RecordingLog())).toMatchObject(REFUSED);
  });

  it('is not there when it is turned off', async () => {
    runner = calls.aRunner(undefined, new TargetCircuits(0));
    await fails(20);
  });

  it('is counted while it is open, and so are the runs that it defers', async () => {
    const deferredBefore = (await shown('scheduler_runs_held_by_circuit_total')) ?? 0;
    await fails(LIMIT);
    await call(awayUrl());
    expect(await shown('scheduler_target_circuits_open')).toBe(1);
    expect(await shown('scheduler_runs_held_by_circuit_total')).toBe(deferredBefore + 1);
    nowMs += 3_600_000;
    expect(await shown('scheduler_target_circuits_open')).toBe(0);
  });
});

function abortSoon(reason: object): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 20);
  return controller.signal;
}
