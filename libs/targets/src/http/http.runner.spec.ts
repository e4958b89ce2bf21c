import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TIMED_OUT } from '../testing/a-run.js';
import { HttpCalls } from '../testing/http-calls.js';
import { TargetServer } from '../testing/target-server.js';

describe('HttpRunner', () => {
  const http = new HttpCalls();

  afterEach(() => http.end());

  describe('what it makes of the answer', () => {
    it('succeeds on a 2xx with status, safe headers and output', async () => {
      const server = await http.aServer((_, response) => {
        response.writeHead(201, {
          'content-type': 'text/plain',
          'set-cookie': 'secret=1',
          'x-request-id': 'r1',
        });
        response.end('done');
      });
      const outcome = await http.call(server.url);
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
      const server = await http.aServer((_, response) => response.writeHead(statusCode).end('why'));
      expect(await http.call(server.url)).toMatchObject({
        type: 'failed',
        cause,
        gone,
        error: { type: 'http_status', message: `the target answered ${statusCode}` },
        result: { statusCode, output: 'why' },
        retryAfterMs: null,
      });
    });

    it('passes on how long the target asked to wait', async () => {
      const server = await http.aServer((_, response) =>
        response.writeHead(429, { 'retry-after': '120' }).end(),
      );
      expect(await http.call(server.url)).toMatchObject({
        type: 'failed',
        cause: '429',
        retryAfterMs: 120_000,
      });
    });

    it("reads a date to wait for by the target's own clock", async () => {
      const server = await http.aServer((_, response) =>
        response
          .writeHead(503, {
            date: 'Tue, 01 Jan 2030 00:00:00 GMT',
            'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT',
          })
          .end(),
      );
      expect(await http.call(server.url)).toMatchObject({ type: 'failed', retryAfterMs: 30_000 });
    });

    it('succeeds on the statuses that the job names, and on no other', async () => {
      const server = await http.aServer((request, response) =>
        response.writeHead(Number(request.path.slice(1))).end(),
      );
      const verdicts = [];
      for (const status of [200, 304, 404]) {
        verdicts.push((await http.call(`${server.url}/${status}`, { successStatus: ['304', '4xx'] })).type);
      }
      expect(verdicts).toEqual(['failed', 'succeeded', 'succeeded']);
    });

    it('never decompresses', async () => {
      const packed = gzipSync('a'.repeat(10_000_000));
      const server = await http.aServer((_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
      );
      const { result } = await http.call(server.url);
      expect(result?.headers?.['content-encoding']).toBe('gzip');
      expect(result?.output.length).toBeLessThanOrEqual(packed.length);
      expect(result?.output).not.toContain('aaaa');
    });

    it('keeps 64 KB of a longer answer and reads it to its end', async () => {
      const server = await http.aServer((_, response) => response.end('é'.repeat(100_000)));
      const outcome = await http.call(server.url);
      expect(outcome).toMatchObject({ type: 'succeeded', result: { truncated: true } });
      expect(Buffer.byteLength(outcome.result!.output)).toBe(65_536);
    });

    it('destroys the socket of an endless answer after 1 MB and judges by the status', async () => {
      let sentBytes = 0;
      let closed: Promise<unknown> | undefined;
      const server = await http.aServer((_, response) => {
        closed = once(response, 'close');
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x'))) sentBytes += 65_536;
        };
        response.on('drain', more);
        more();
      });
      const outcome = await http.call(server.url);
      await closed;
      expect(outcome).toMatchObject({ type: 'succeeded', result: { statusCode: 200, truncated: true } });
      expect(sentBytes).toBeLessThan(30_000_000); // 1 MB, plus what the kernel's buffers took
    });
  });

  it('reads at most 1 MB each of ten answers of 1 GB, without growing by 50 MB', async () => {
    const block = Buffer.alloc(65_536, 'x');
    const server = await http.aServer((_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 30 });
      const more = (): void => {
        while (!response.destroyed && response.write(block));
      };
      response.on('drain', more);
      more();
    });
    const bytesInUse = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const before = bytesInUse();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, bytesInUse())), 5);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => http.call(server.url)));
    clearInterval(watch);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ type: 'succeeded', result: { truncated: true } });
      expect(outcome.result?.output).toHaveLength(65_536);
    }
    expect(most - before).toBeLessThan(50_000_000);
  });

  describe('when the call breaks', () => {
    it('fails as network when nobody listens', async () => {
      const server = await TargetServer.start(() => {});
      const { url } = server;
      await server.stop();
      expect(await http.call(url)).toMatchObject({
        type: 'failed',
        cause: 'network',
        error: { type: 'network', message: 'connection refused' },
        result: null,
      });
    });

    it('fails as network with what it has when the answer breaks off', async () => {
      const server = await http.aServer((_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      });
      expect(await http.call(server.url)).toMatchObject({
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
      http.endAfterwards(() => new Promise((resolve) => server.close(() => resolve())));
      const { port } = server.address() as AddressInfo;
      expect(await http.call(`https://127.0.0.1:${port}`)).toMatchObject({ cause: 'network' });
      expect(await http.call(`http://127.0.0.1:${port}`)).toMatchObject({
        cause: 'network',
        error: { message: 'the answer is not valid HTTP' },
      });
    });

    it('refuses what cannot be sent', async () => {
      expect(await http.call('http://')).toMatchObject({
        cause: 'target',
        error: { type: 'invalid_target' },
      });
      const outcome = await http.call('http://127.0.0.1:9', { headers: { 'x-a': 'line\nbreak' } });
      expect(outcome).toMatchObject({ type: 'failed', cause: 'target', error: { type: 'invalid_target' } });
    });

    it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'http://user:pw@127.0.0.1/', 'http://10.0.0.1/'])(
      'denies %s before it connects',
      async (url) => {
        expect(await http.call(url)).toMatchObject({
          type: 'failed',
          cause: 'egress',
          error: { type: 'egress_denied' },
        });
      },
    );
  });

  describe('when the signal aborts', () => {
    it('sends nothing if it already has', async () => {
      const server = await http.aServer();
      const outcome = await http.call(server.url, {}, {}, AbortSignal.abort(TIMED_OUT));
      expect(outcome).toEqual({ type: 'aborted', reason: TIMED_OUT, result: null });
      expect(server.received).toEqual([]);
    });

    it('closes a request that has no answer yet, which the server sees', async () => {
      const abort = new AbortController();
      let closed: Promise<unknown> | undefined;
      const server = await http.aServer((_, response) => {
        closed = once(response, 'close');
        abort.abort(TIMED_OUT);
      });
      const outcome = await http.call(server.url, {}, {}, abort.signal);
      expect(outcome).toEqual({ type: 'aborted', reason: TIMED_OUT, result: null });
      await closed;
    });

    it('ends an answer that drips for ever, keeping what came', async () => {
      const abort = new AbortController();
      let closed: Promise<unknown> | undefined;
      const server = await http.aServer((_, response) => {
        closed = once(response, 'close');
        let drops = 0;
        const drip = setInterval(() => {
          response.write('.');
          if (++drops === 20) abort.abort(TIMED_OUT);
        }, 5);
        response.on('close', () => clearInterval(drip));
      });
      const outcome = await http.call(server.url, {}, {}, abort.signal);
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
