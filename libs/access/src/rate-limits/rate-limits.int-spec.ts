import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { freePort } from '../../../../test/support/free-port.js';
import { queueBackendsUnderTest, testRedisUrl } from '../../../../test/support/test-redis.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { type AccessApp, type Answer, bearer } from '../testing/access-app.js';
import { useAccessApps } from '../testing/use-access-apps.js';

const { startApp, closeApps } = useAccessApps();
let services = 0;

afterEach(closeApps);

/** A key of a service that no other test counts for: Redis is shared. */
async function newKey(app: AccessApp, service?: string): Promise<{ text: string; service: string }> {
  const name = service ?? `limited-${process.pid}-${++services}-${Date.now()}`;
  return { text: (await app.issue({}, name)).text, service: name };
}

/** An IPv6 /48 that no other test counts for. */
function randomNetwork(): string {
  return `2001:db8:${randomInt(1, 0x10000).toString(16)}`;
}

async function callTimes(times: number, call: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) statuses.push((await call()).status);
  return statuses;
}

const environments = queueBackendsUnderTest().map((backend) => ({
  QUEUE_BACKEND: backend,
  ...(backend === 'redis' && { REDIS_URL: testRedisUrl() ?? '' }),
}));

describe.each(environments)('with $QUEUE_BACKEND', (env) => {
  it('a key has so many requests of a minute, and is told when to go on', async () => {
    const app = await startApp({ ...env, RATE_LIMIT_KEY_PER_MINUTE: '3' });
    const { text } = await newKey(app);
    const ask = () => app.call('GET', '/whoami', bearer(text));
    const first = await ask();
    expect(first.headers.get('RateLimit-Policy')).toBe('"key";q=3;w=60, "service";q=60000;w=60');
    expect(first.headers.get('RateLimit')).toMatch(/^"key";r=2;t=\d\d, "service";r=59999;t=\d\d$/);
    expect(await callTimes(2, ask)).toEqual([200, 200]);
    const { status, headers, body } = await ask();
    expect({ status, code: body.code }).toEqual({ status: 429, code: 'rate_limited' });
    expect(headers.get('RateLimit')).toMatch(/^"key";r=0;/);
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(30);
    expect(body.detail).toMatch(/^This credential has used its 3 requests for this minute/);
  });

  it('a service has so many for all its keys, and no other service is slower for it', async () => {
    const app = await startApp({ ...env, RATE_LIMIT_SERVICE_PER_MINUTE: '3' });
    const { text: one, service } = await newKey(app);
    const { text: two } = await newKey(app, service);
    const { text: foreign } = await newKey(app);
    expect(await callTimes(2, () => app.call('GET', '/whoami', bearer(one)))).toEqual([200, 200]);
    expect(await callTimes(2, () => app.call('GET', '/whoami', bearer(two)))).toEqual([200, 429]);
    expect((await app.call('GET', '/whoami', bearer(foreign))).status).toBe(200);
  });

  it('never more than the limit of many requests at once get in', async () => {
    const app = await startApp({ ...env, RATE_LIMIT_KEY_PER_MINUTE: '10' });
    const { text } = await newKey(app);
    const ask = () => app.call('GET', '/whoami', bearer(text));
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });

  it('an address that fails too often is turned away, and keys in use at it go on', async () => {
    const app = await startApp({
      ...env,
      RATE_LIMIT_FAILURES_PER_MINUTE: '3',
      TRUST_PROXY: 'loopback',
    });
    const [network, otherNetwork] = [randomNetwork(), randomNetwork()];
    const from = { 'X-Forwarded-For': `${network}::1` };
    const { text } = await newKey(app);
    expect((await app.call('GET', '/whoami', { ...from, ...bearer(text) })).status).toBe(200);
    const statuses = await callTimes(5, () => app.call('GET', '/whoami', from));
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await app.call('GET', '/whoami', { ...from, ...bearer(text) })).status).toBe(200);
    expect((await app.call('GET', '/whoami', { 'X-Forwarded-For': `${otherNetwork}::1` })).status).toBe(401);
    expect((await app.call('GET', '/health/live', from)).status).toBe(200);
  });

  it('all addresses of a /64 are one, for whoever has one of them has them all', async () => {
    const app = await startApp({ ...env, RATE_LIMIT_FAILURES_PER_MINUTE: '3', TRUST_PROXY: 'loopback' });
    const network = randomNetwork();
    let host = 0;
    const fromNext = () => ({ 'X-Forwarded-For': `${network}:0:${++host}::1` });
    const statuses = await callTimes(5, () => app.call('GET', '/whoami', fromNext()));
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });

  it('0 is no limit, and health is not counted', async () => {
    const app = await startApp({
      ...env,
      RATE_LIMIT_KEY_PER_MINUTE: '0',
      RATE_LIMIT_SERVICE_PER_MINUTE: '0',
    });
    const { text } = await newKey(app);
    const { status, headers } = await app.call('GET', '/whoami', bearer(text));
    expect({ status, header: headers.get('RateLimit') }).toEqual({ status: 200, header: null });
    expect((await app.call('GET', '/health/live')).headers.get('RateLimit')).toBeNull();
  });

  it('nobody is counted without access control', async () => {
    const app = await startApp({ ...env, AUTH_MODE: 'none', RATE_LIMIT_KEY_PER_MINUTE: '1' });
    expect(await callTimes(3, () => app.call('GET', '/whoami'))).toEqual([200, 200, 200]);
  });
});

const describeRedis = testRedisUrl() === null ? describe.skip : describe;

describeRedis('two processes of the api', () => {
  it('share one count', async () => {
    const env = {
      QUEUE_BACKEND: 'redis',
      REDIS_URL: testRedisUrl() ?? '',
      RATE_LIMIT_KEY_PER_MINUTE: '4',
    };
    const [one, two] = [await startApp(env), await startApp(env)];
    const { text } = await newKey(one);
    expect(await callTimes(2, () => one.call('GET', '/whoami', bearer(text)))).toEqual([200, 200]);
    expect(await callTimes(3, () => two.call('GET', '/whoami', bearer(text)))).toEqual([200, 200, 429]);
    expect((await one.call('GET', '/whoami', bearer(text))).status).toBe(429);
  });
});

describeRedis('a Redis that dies', () => {
  it('turns no request into an error, and each process counts alone until it is back', async () => {
    const port = await freePort();
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const startRedis = () => spawn('redis-server', flags, { stdio: 'ignore' });
    let redis = startRedis();
    const app = await startApp({
      QUEUE_BACKEND: 'redis',
      REDIS_URL: `redis://127.0.0.1:${port}`,
      RATE_LIMIT_KEY_PER_MINUTE: '100000',
    });
    const { text } = await newKey(app);
    const ask = () => app.call('GET', '/whoami', bearer(text));
    const leftOf = ({ headers }: Answer) => Number(/r=(\d+)/.exec(headers.get('RateLimit') ?? '')?.[1]);
    expect(await callTimes(5, ask)).toEqual([200, 200, 200, 200, 200]);
    redis.kill('SIGKILL');
    await once(redis, 'exit');
    expect(new Set(await callTimes(20, ask))).toEqual(new Set([200]));
    const alone = leftOf(await ask());
    expect(alone).toBeLessThan(100_000);
    redis = startRedis();
    await waitFor(async () => leftOf(await ask()) > alone, {
      timeoutMs: 20_000,
      describe: 'the empty Redis to count again',
    });
    redis.kill('SIGKILL');
    await once(redis, 'exit');
  }, 40_000);
});
