import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EgressPolicy } from './egress-policy.js';
import { HttpRunner } from './http.runner.js';
import type { Outcome } from './outcome.js';
import type { RunContext } from './runner.js';
import type { HttpTarget } from './target.js';
import { aContext, neverAborted, RecordingLog, TIMED_OUT } from './testing/a-run.js';
import { TargetServer, type Answer } from './testing/target-server.js';

describe('HttpRunner', () => {
  const endings: (() => Promise<void>)[] = [];
  const log = new RecordingLog();

  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
  });

  async function aServer(answer: Answer = (_, response) => response.end('ok')): Promise<TargetServer> {
    const server = await TargetServer.start(answer);
    endings.push(() => server.stop());
    return server;
  }

  function aRunner(): HttpRunner {
    const runner = new HttpRunner(EgressPolicy.parse(['127.0.0.0/8', '::1']), 'test-agent/1');
    endings.unshift(() => runner.close());
    return runner;
  }

  function call(
    url: string,
    target: Partial<HttpTarget> = {},
    context: Partial<RunContext> = {},
    signal = neverAborted(),
  ): Promise<Outcome> {
    return aRunner().run({ type: 'http', method: 'POST', url, ...target }, aContext(context), signal, log);
  }

  describe('what it sends', () => {
    it('sends the contract headers on every call', async () => {
      const server = await aServer();
      await call(server.url, { method: 'GET' });
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

    it('omits the schedule id and the trace of a run that has none', async () => {
      const server = await aServer();
      await call(server.url, {}, { scheduleId: null, traceparent: null });
      expect(server.received[0]?.headers).not.toHaveProperty('x-scheduler-schedule-id');
      expect(server.received[0]?.headers).not.toHaveProperty('traceparent');
    });

    it("sends the job's own headers but lets none replace the scheduler's or the connection's", async () => {
      const server = await aServer();
      const forged = {
        'IDEMPOTENCY-KEY': 'x',
        'X-Scheduler-Forged': '1',
        Host: 'evil',
        'Content-Length': '1',
      };
      await call(server.url, {
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
        const server = await aServer();
        await call(server.url, { method });
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
        const server = await aServer();
        await call(server.url, { method });
        expect(server.received[0]?.body).toBe('');
        expect(server.received[0]?.headers).not.toHaveProperty('content-type');
      },
    );

    it('sends a string body as it is, as text unless the job says otherwise', async () => {
      const server = await aServer();
      await call(server.url, { body: 'a=1 é' });
      await call(server.url, { body: '<a/>', headers: { 'Content-Type': 'application/xml' } });
      expect(server.received.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
        ['a=1 é', 'text/plain; charset=utf-8'],
        ['<a/>', 'application/xml'],
      ]);
    });

    it('sends any other body as JSON', async () => {
      const server = await aServer();
      for (const body of [{ a: [1] }, [], false, 0]) await call(server.url, { body });
      expect(server.received.map(({ body }) => body)).toEqual(['{"a":[1]}', '[]', 'false', '0']);
    });
  });

  describe('what it makes of the answer', () => {
    it('succeeds on a 2xx with status, safe headers and output', async () => {
      const server = await aServer((_, response) => {
        response.writeHead(201, {
          'content-type': 'text/plain',
          'set-cookie': 'secret=1',
          'x-request-id': 'r1',
        });
        response.end('done');
      });
      const outcome = await call(server.url);
      expect(outcome).toMatchObject({
        type: 'succeeded',
        result: { statusCode: 201, output: 'done', truncated: false },
      });
      expect(outcome.result?.headers).toMatchObject({ 'content-type': 'text/plain', 'x-request-id': 'r1' });
      expect(outcome.result?.headers).not.toHaveProperty('set-cookie');
    });

    it.each([
      [500, '5xx', false],
      [503, '5xx', false],
      [429, '429', false],
      [404, '4xx', false],
      [410, '4xx', true],
      [302, 'status', false],
    ])('fails on a %d with the cause %s', async (statusCode, cause, gone) => {
      const server = await aServer((_, response) => response.writeHead(statusCode).end('why'));
      expect(await call(server.url)).toMatchObject({
        type: 'failed',
        cause,
        gone,
        error: { type: 'http_status', message: `the target answered ${statusCode}` },
        result: { statusCode, output: 'why' },
        retryAfterMs: null,
      });
    });

    it('passes on how long the target asked to wait', async () => {
      const server = await aServer((_, response) => response.writeHead(429, { 'retry-after': '120' }).end());
      expect(await call(server.url)).toMatchObject({ type: 'failed', cause: '429', retryAfterMs: 120_000 });
    });

    it('succeeds on the statuses that the job names, and on no other', async () => {
      const server = await aServer((request, response) =>
        response.writeHead(Number(request.path.slice(1))).end(),
      );
      const verdicts = [];
      for (const status of [200, 304, 404]) {
        verdicts.push((await call(`${server.url}/${status}`, { successStatus: ['304', '4xx'] })).type);
      }
      expect(verdicts).toEqual(['failed', 'succeeded', 'succeeded']);
    });

    it('never decompresses', async () => {
      const packed = gzipSync('a'.repeat(10_000_000));
      const server = await aServer((_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
      );
      const { result } = await call(server.url);
      expect(result?.headers?.['content-encoding']).toBe('gzip');
      expect(result?.output.length).toBeLessThanOrEqual(packed.length);
      expect(result?.output).not.toContain('aaaa');
    });

    it('keeps 64 KB of a longer answer and reads it to its end', async () => {
      const server = await aServer((_, response) => response.end('é'.repeat(100_000)));
      const outcome = await call(server.url);
      expect(outcome).toMatchObject({ type: 'succeeded', result: { truncated: true } });
      expect(Buffer.byteLength(outcome.result!.output)).toBe(65_536);
    });

    it('destroys the socket of an endless answer after 1 MB and judges by the status', async () => {
      let sentBytes = 0;
      let closed: Promise<unknown> | undefined;
      const server = await aServer((_, response) => {
        closed = once(response, 'close');
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x'))) sentBytes += 65_536;
        };
        response.on('drain', more);
        more();
      });
      const outcome = await call(server.url);
      await closed;
      expect(outcome).toMatchObject({ type: 'succeeded', result: { statusCode: 200, truncated: true } });
      expect(sentBytes).toBeLessThan(30_000_000); // what the kernel's buffers took on top of 1 MB
    });
  });

  describe('when the call breaks', () => {
    it('fails as network when nobody listens', async () => {
      const server = await TargetServer.start(() => {});
      const { url } = server;
      await server.stop();
      expect(await call(url)).toMatchObject({
        type: 'failed',
        cause: 'network',
        error: { type: 'network', message: 'connection refused' },
        result: null,
      });
    });

    it('fails as network with what it has when the answer breaks off', async () => {
      const server = await aServer((_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      });
      expect(await call(server.url)).toMatchObject({
        type: 'failed',
        cause: 'network',
        result: { statusCode: 200, output: 'half', truncated: true },
      });
    });

    it('fails as network when TLS meets a plain server or an answer is no HTTP', async () => {
      const server = createServer((socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end('hello\r\n\r\n'),
      );
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      endings.push(() => new Promise((resolve) => server.close(() => resolve())));
      const { port } = server.address() as AddressInfo;
      expect(await call(`https://127.0.0.1:${port}`)).toMatchObject({ cause: 'network' });
      expect(await call(`http://127.0.0.1:${port}`)).toMatchObject({
        cause: 'network',
        error: { message: 'the answer is not valid HTTP' },
      });
    });

    it('refuses what cannot be sent', async () => {
      expect(await call('http://')).toMatchObject({ cause: 'target', error: { type: 'invalid_target' } });
      const outcome = await call('http://127.0.0.1:9', { headers: { 'x-a': 'line\nbreak' } });
      expect(outcome).toMatchObject({ type: 'failed', cause: 'target', error: { type: 'invalid_target' } });
    });

    it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'http://user:pw@127.0.0.1/', 'http://10.0.0.1/'])(
      'denies %s before it connects',
      async (url) => {
        expect(await call(url)).toMatchObject({
          type: 'failed',
          cause: 'egress',
          error: { type: 'egress_denied' },
        });
      },
    );
  });

  describe('when the signal aborts', () => {
    it('sends nothing if it already has', async () => {
      const server = await aServer();
      const outcome = await call(server.url, {}, {}, AbortSignal.abort(TIMED_OUT));
      expect(outcome).toEqual({ type: 'aborted', reason: TIMED_OUT, result: null });
      expect(server.received).toEqual([]);
    });

    it('closes a request that has no answer yet, which the server sees', async () => {
      const abort = new AbortController();
      let closed: Promise<unknown> | undefined;
      const server = await aServer((_, response) => {
        closed = once(response, 'close');
        abort.abort(TIMED_OUT);
      });
      const outcome = await call(server.url, {}, {}, abort.signal);
      expect(outcome).toEqual({ type: 'aborted', reason: TIMED_OUT, result: null });
      await closed;
    });

    it('ends an answer that drips for ever, keeping what came', async () => {
      const abort = new AbortController();
      let closed: Promise<unknown> | undefined;
      const server = await aServer((_, response) => {
        closed = once(response, 'close');
        const drip = setInterval(() => response.write('.'), 5);
        response.on('close', () => clearInterval(drip));
        setTimeout(() => abort.abort(TIMED_OUT), 100);
      });
      const outcome = await call(server.url, {}, {}, abort.signal);
      expect(outcome).toMatchObject({
        type: 'aborted',
        reason: TIMED_OUT,
        result: { statusCode: 200, truncated: true },
      });
      expect(outcome.result?.output).toMatch(/^\.+$/);
      await closed;
    });
  });
});
