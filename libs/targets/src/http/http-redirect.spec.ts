import { afterEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '../outcome.js';
import type { HttpTarget } from '../target.js';
import { HttpCalls } from '../testing/http-calls.js';
import type { TargetServer } from '../testing/target-server.js';

describe('HttpRunner and redirects', () => {
  const http = new HttpCalls();

  afterEach(() => http.end());

  const call = (url: string, target: Partial<HttpTarget> = {}): Promise<Outcome> =>
    http.call(url, { followRedirects: true, ...target });

  /** Answers `/307?http://…` with that status and location, and anything else with 200. */
  const aRedirector = (): Promise<TargetServer> =>
    http.aServer(({ path }, response) => {
      const [, status, location] = /^\/(3\d\d)\?(.*)$/.exec(path) ?? [];
      if (status && location) response.writeHead(Number(status), { location }).end();
      else response.end('arrived');
    });

  it('follows none unless asked', async () => {
    const server = await aRedirector();
    const outcome = await call(`${server.url}/302?/there`, { followRedirects: false });
    expect(outcome).toMatchObject({ type: 'failed', cause: 'status', result: { statusCode: 302 } });
    expect(outcome.result?.headers?.location).toBe('/there');
    expect(server.received).toHaveLength(1);
  });

  it('follows none that the job counts as success', async () => {
    const server = await aRedirector();
    const outcome = await call(`${server.url}/302?/there`, { successStatus: ['302'] });
    expect(outcome).toMatchObject({ type: 'succeeded', result: { statusCode: 302 } });
  });

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'body'],
    [308, 'POST', 'body'],
  ])('follows a %d with %s', async (status, method, body) => {
    const server = await aRedirector();
    const outcome = await call(`${server.url}/${status}?/there`, {
      body: 'body',
      headers: { authorization: 'a' },
    });
    expect(outcome).toMatchObject({ type: 'succeeded', result: { output: 'arrived' } });
    expect(server.received[1]).toMatchObject({
      method,
      body,
      path: '/there',
      headers: { authorization: 'a' },
    });
  });

  it('follows an address that is longer than what is kept of it', async () => {
    const server = await aRedirector();
    const place = `/there?${'x'.repeat(1_800)}&last=1`;
    expect(await call(`${server.url}/307?${place}`)).toMatchObject({ type: 'succeeded' });
    expect(server.received[1]?.path).toBe(place);
  });

  it('shortens none that is too long to be called: the run fails', async () => {
    const location = `/${'"'.repeat(6_000)}`; // three times as long as %22
    const server = await http.aServer((_, response) => response.writeHead(302, { location }).end());
    expect(await call(server.url)).toMatchObject({
      type: 'failed',
      cause: 'target',
      error: { type: 'invalid_target', message: 'the URL is longer than 16384 characters' },
    });
    expect(server.received).toHaveLength(1);
  });

  it('follows none of several at once', async () => {
    const server = await http.aServer((_, response) =>
      response.writeHead(302, ['location', '/here', 'location', '/there']).end(),
    );
    expect(await call(server.url)).toMatchObject({ cause: 'status', result: { statusCode: 302 } });
    expect(server.received).toHaveLength(1);
  });

  it('follows three and no more', async () => {
    const server = await aRedirector();
    const through = (hops: number): string => `${server.url}/${'307?/'.repeat(hops)}end`;
    expect(await call(through(3))).toMatchObject({ type: 'succeeded' });
    expect(await call(through(4))).toMatchObject({
      type: 'failed',
      cause: 'status',
      error: { type: 'too_many_redirects' },
      result: { statusCode: 307 },
    });
  });

  it('checks each hop against the egress policy', async () => {
    const server = await aRedirector();
    for (const location of [
      'http://10.0.0.1/',
      'http://169.254.169.254/',
      'http://[::1]/',
      'file:///etc/passwd',
    ]) {
      expect(await call(`${server.url}/302?${location}`)).toMatchObject({ type: 'failed', cause: 'egress' });
    }
  });

  it("keeps the job's headers, which may be secret, from another origin", async () => {
    const [first, other] = [await aRedirector(), await aRedirector()];
    const headers = { Authorization: 'a', Cookie: 'b', 'X-Api-Key': 'c', Accept: 'text/csv' };
    await call(`${first.url}/307?${other.url}/there`, { headers });
    const received = other.received[0]!.headers;
    expect(received).toMatchObject({ accept: 'text/csv', 'content-type': 'application/json' });
    expect(received['idempotency-key']).toBe('"0198a000-0000-7000-8000-000000000001"');
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(received).not.toHaveProperty(name);
  });
});
