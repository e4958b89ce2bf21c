import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { register } from 'prom-client';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { scheduledForOf } from '../../domain/execution-id.js';
import { type LogLine, RunLog } from '../../worker/run-log.js';
import { aJob } from '../../../../../test/support/a-job.js';
import { insertExecution } from '../testing/an-execution.js';
import { eventsOf, type StreamEvent } from '../testing/event-stream.js';
import { type ExecutionsApp, startExecutionsApp } from '../testing/executions-app.js';

const EVENT_STREAM = { Accept: 'text/event-stream' };

let app: ExecutionsApp;
let jobId: string;
let executionId: string;

beforeAll(async () => {
  app = await startExecutionsApp('api');
  jobId = (await app.jobs.create('default', aJob())).id;
});
afterAll(() => app.close());
beforeEach(async () => {
  executionId = await insertExecution(app.database, { jobId, state: 'pending' });
});

/** Writes lines `1`, `2` … as a worker would, numbered like their text. */
async function append(...texts: readonly string[]): Promise<void> {
  await app.logs.append(
    texts.map((text) => ({
      executionId,
      scheduledFor: scheduledForOf(executionId),
      seq: parseInt(text),
      attempt: 1,
      stream: 'stdout',
      at: new Date('2026-01-31T12:00:00.000Z'),
      text,
    })),
  );
}

async function finish(): Promise<void> {
  const sql = `UPDATE executions SET state = 'cancelled', cancel_requested_at = now(), finished_at = now() WHERE id = $1`;
  await app.database.query(sql, [executionId]);
}

function follow(headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${app.url}/executions/${executionId}/logs?follow=true`, { headers, signal: signal ?? null });
}

function textsOf(events: readonly StreamEvent[]): unknown[] {
  return events.filter((event) => event.event === 'log').map((event) => event.data.text);
}

/** A client that asks, and then reads nothing from its socket. */
async function connectAndPause(path: string): Promise<Socket> {
  const { hostname, port, host } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return socket;
}

/** What had reached it before its connection was cut. */
async function allOf(socket: Socket): Promise<string> {
  const closed = once(socket, 'close');
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (text += chunk));
  socket.resume();
  await closed;
  return text;
}

async function followers(): Promise<number> {
  const metric = await register.getSingleMetric('scheduler_sse_clients')!.get();
  return metric.values[0]?.value ?? 0;
}

describe('a page of logs', () => {
  it('shows the lines in order, and where to go on', async () => {
    await append('1', '2', '3');
    const path = `/executions/${executionId}/logs?limit=2`;
    const first = await app.call('GET', path);
    expect(first.body.items).toEqual([
      { seq: 1, attempt: 1, stream: 'stdout', at: '2026-01-31T12:00:00.000Z', text: '1' },
      expect.objectContaining({ seq: 2 }),
    ]);
    const second = await app.call('GET', `${path}&cursor=${String(first.body.nextCursor)}`);
    expect(second.body).toMatchObject({ items: [{ seq: 3 }], nextCursor: null });
  });

  it('marks the line after which an attempt wrote more than was kept, and no other that says so', async () => {
    const written: LogLine[] = [];
    const run = { id: executionId, scheduledFor: scheduledForOf(executionId), attempt: 1 };
    const log = new RunLog(
      run,
      () => new Date(),
      (line) => written.push(line),
    );
    log.write('stdout', 'log truncated after lunch');
    log.write('stdout', 'x'.repeat(1_000_001));
    await app.logs.append(written);
    const { body } = await app.call('GET', `/executions/${executionId}/logs`);
    const items = body.items as { stream: string; truncated?: boolean }[];
    expect(items.map(({ stream, truncated }) => [stream, truncated])).toEqual([
      ['stdout', undefined],
      ['stdout', undefined],
      ['system', true],
    ]);
  });

  it('is what a client gets that says no to the stream', async () => {
    const answer = await app.call(
      'GET',
      `/executions/${executionId}/logs?follow=false`,
      undefined,
      EVENT_STREAM,
    );
    expect(answer).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
  });

  it.each([[99_999_999_999], [-99_999_999_999], ['x'], [null]])(
    'refuses or ends at cursor [%j]',
    async (seq) => {
      const cursor = Buffer.from(JSON.stringify([seq])).toString('base64url');
      const { status } = await app.call('GET', `/executions/${executionId}/logs?cursor=${cursor}`);
      expect([200, 400]).toContain(status);
    },
  );
});

describe('a stream of logs', () => {
  it('sends each line as it comes, and ends with the state', async () => {
    await append('1');
    const response = await follow();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = eventsOf(response);
    expect((await events.next()).value).toEqual({
      id: '1',
      event: 'log',
      data: { seq: 1, attempt: 1, stream: 'stdout', at: '2026-01-31T12:00:00.000Z', text: '1' },
    });
    await append('2 with\nline\r\n\nbreaks');
    expect((await events.next()).value).toMatchObject({ data: { text: '2 with\nline\r\n\nbreaks' } });
    await append('3');
    await finish();
    const rest: StreamEvent[] = [];
    for await (const event of events) rest.push(event);
    expect(rest).toMatchObject([
      { id: '3', event: 'log' },
      { id: 'end', event: 'end', data: { state: 'cancelled' } },
    ]);
  });

  it('is what a browser gets that asks for events', async () => {
    await finish();
    const response = await fetch(`${app.url}/executions/${executionId}/logs`, { headers: EVENT_STREAM });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe('retry: 1000\n\nid: end\nevent: end\ndata: {"state":"cancelled"}\n\n');
  });

  it('goes on behind Last-Event-ID', async () => {
    await append('1', '2', '3');
    await finish();
    const events: StreamEvent[] = [];
    for await (const event of eventsOf(await follow({ 'Last-Event-ID': '2' }))) events.push(event);
    expect(events.map((event) => event.id)).toEqual(['3', 'end']);
  });

  it('tells a browser that comes back after the end to stay away', async () => {
    await finish();
    expect((await follow({ 'Last-Event-ID': 'end' })).status).toBe(204);
  });

  it.each(['x', '-1', '99999999999', '2147483648'])('refuses Last-Event-ID %s', async (id) => {
    const response = await follow({ 'Last-Event-ID': id });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: '/Last-Event-ID' }] });
  });

  it('stops reading the database when the client goes', async () => {
    const read = jest.spyOn(app.logs, 'readAfter');
    const client = new AbortController();
    await follow({}, client.signal);
    await waitFor(() => read.mock.calls.length >= 2);
    client.abort();
    await waitFor(async () => {
      const before = read.mock.calls.length;
      await delay(700);
      return read.mock.calls.length === before;
    });
    read.mockRestore();
  });

  it('reads no faster than its client, and loses nothing for it', async () => {
    const texts = Array.from({ length: 400 }, (_, index) => `${index + 1} ${'x'.repeat(64_000)}`);
    for (let at = 0; at < texts.length; at += 50) await append(...texts.slice(at, at + 50));
    await finish();
    const read = jest.spyOn(app.logs, 'readAfter');
    const response = await follow();
    await delay(700);
    expect(read.mock.calls.length).toBeLessThan(4);
    read.mockRestore();

    const events: StreamEvent[] = [];
    for await (const event of eventsOf(response)) events.push(event);
    expect(textsOf(events).map((text) => parseInt(String(text)))).toEqual(texts.map((_, index) => index + 1));
    expect(events.at(-1)?.event).toBe('end');
  }, 20_000);

  it('drops a client that takes nothing, having read no more than fits, and lets it go on where it was', async () => {
    const texts = Array.from({ length: 400 }, (_, index) => `${index + 1} ${'x'.repeat(64_000)}`);
    for (let at = 0; at < texts.length; at += 50) await append(...texts.slice(at, at + 50));
    await finish();
    const read = jest.spyOn(app.logs, 'readAfter');
    app.patience.stalledAfterMs = 500;
    const socket = await connectAndPause(`/executions/${executionId}/logs?follow=true`);
    await waitFor(async () => (await followers()) === 1, { describe: 'the stream to begin' });
    await waitFor(async () => (await followers()) === 0, { describe: 'the client to be dropped' });
    app.patience.stalledAfterMs = 45_000;
    // 100 lines a look: what both sockets and the stream between them hold is a fraction of the 26 MB.
    expect(read.mock.calls.length).toBeLessThan(4);
    read.mockRestore();

    const received = await allOf(socket);
    expect(received).not.toContain('event: end');
    const lastSeen = [...received.matchAll(/^id: (\d+)$/gm)].at(-2)![1]!;
    const rest: StreamEvent[] = [];
    for await (const event of eventsOf(await follow({ 'Last-Event-ID': lastSeen }))) rest.push(event);
    expect(rest.map(({ id }) => id)).toEqual([
      ...texts.slice(Number(lastSeen)).map((_, index) => String(Number(lastSeen) + index + 1)),
      'end',
    ]);
  }, 60_000);

  it('ends without its last event when the process shuts down', async () => {
    const other = await startExecutionsApp('api');
    const { id } = await other.jobs.create('default', aJob());
    const running = await insertExecution(other.database, { jobId: id, state: 'pending' });
    const response = await fetch(`${other.url}/executions/${running}/logs?follow=true`);
    const closedAtMs = performance.now();
    await other.close();
    expect(await response.text()).toBe('retry: 1000\n\n');
    expect(performance.now() - closedAtMs).toBeLessThan(2_000);
  });
});
