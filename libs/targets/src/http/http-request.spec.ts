import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpCalls } from '../testing/http-calls.js';

describe('what HttpRunner sends', () => {
  const http = new HttpCalls();

  afterEach(() => http.end());

  it('sends the contract headers on every call', async () => {
    const server = await http.aServer();
    await http.call(server.url, { method: 'GET' });
    expect(server.received[0]?.headers).toEqual({
      host: `127.0.0.1:${server.port}`,
      connection: 'keep-alive',
      'accept-encoding': 'identity',
      'user-agent': 'test-agent/1',
      'idempotency-key': '"0198a000-0000-7000-8000-000000000001"',
      'x-scheduler-execution-id': '0198a000-0000-7000-8000-000000000001',
      'x-scheduler-job-id': '0198a000-0000-7000-8000-000000000002',
      'x-scheduler-schedule-id': '0198a000-0000-7000-8000-000000000003',
      'x-scheduler-scheduled-for': '2026-01-05T02:30:00.000Z',
      'x-scheduler-attempt': '2',
      'x-scheduler-max-attempts': '5',
      'x-scheduler-trigger': 'schedule',
      'x-scheduler-deadline': '2026-01-05T02:31:00.000Z',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
  });

  it('has an empty schedule id for a run that no schedule asked for, and omits the trace of one that has none', async () => {
    const server = await http.aServer();
    await http.call(server.url, {}, { scheduleId: null, traceparent: null });
    expect(server.received[0]?.headers).toMatchObject({ 'x-scheduler-schedule-id': '' });
    expect(server.received[0]?.headers).not.toHaveProperty('traceparent');
  });

  it("sends the job's own headers but lets none replace the scheduler's or the connection's", async () => {
    const server = await http.aServer();
    const forged = {
      'IDEMPOTENCY-KEY': 'x',
      'X-Scheduler-Forged': '1',
      Host: 'evil',
      'Content-Length': '1',
    };
    await http.call(server.url, {
      headers: { Authorization: 'Bearer t', 'Transfer-Encoding': 'chunked', ...forged },
    });
    const { headers } = server.received[0]!;
    expect(headers.authorization).toBe('Bearer t');
    expect(headers['idempotency-key']).toBe('"0198a000-0000-7000-8000-000000000001"');
    expect(headers.host).toBe(`127.0.0.1:${server.port}`);
    expect(headers).not.toHaveProperty('x-scheduler-forged');
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  it.each(['POST', 'PUT', 'PATCH'] as const)(
    'sends the run as JSON with a %s that has no body',
    async (method) => {
      const server = await http.aServer();
      await http.call(server.url, { method });
      expect(server.received[0]?.headers['content-type']).toBe('application/json');
      expect(JSON.parse(server.received[0]!.body)).toEqual({
        jobId: '0198a000-0000-7000-8000-000000000002',
        jobName: 'nightly report',
        executionId: '0198a000-0000-7000-8000-000000000001',
        scheduleId: '0198a000-0000-7000-8000-000000000003',
        scheduledFor: '2026-01-05T02:30:00.000Z',
        attempt: 2,
        parameters: { region: 'eu' },
      });
    },
  );

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'] as const)(
    'sends no body with a %s that has none',
    async (method) => {
      const server = await http.aServer();
      await http.call(server.url, { method });
      expect(server.received[0]?.body).toBe('');
      expect(server.received[0]?.headers).not.toHaveProperty('content-type');
    },
  );

  it('sends a string body as it is, as text unless the job says otherwise', async () => {
    const server = await http.aServer();
    await http.call(server.url, { body: 'a=1 é' });
    await http.call(server.url, { body: '<a/>', headers: { 'Content-Type': 'application/xml' } });
    expect(server.received.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
      ['a=1 é', 'text/plain; charset=utf-8'],
      ['<a/>', 'application/xml'],
    ]);
  });

  it('sends any other body as JSON', async () => {
    const server = await http.aServer();
    for (const body of [{ a: [1] }, [], false, 0, null]) await http.call(server.url, { body });
    expect(server.received.map(({ body }) => body)).toEqual(['{"a":[1]}', '[]', 'false', '0', 'null']);
  });
});
