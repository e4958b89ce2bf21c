import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpRunner } from '../http/http.runner.js';
import type { Outcome } from '../outcome.js';
import type { RunContext } from '../runner.js';
import { aContext, aGrant, neverAborted, RecordingLog } from '../testing/a-run.js';
import { DnsServer } from '../testing/dns-server.js';
import { HttpCalls } from '../testing/http-calls.js';
import { EgressPolicy } from './egress-policy.js';
import { systemResolve } from './resolve.js';

const DENIED = { type: 'failed', cause: 'egress', error: { type: 'egress_denied' }, result: null };

function get(runner: HttpRunner, url: string, context: Partial<RunContext> = {}): Promise<Outcome> {
  return runner.run(
    { type: 'http', method: 'GET', url },
    aContext(context),
    neverAborted(),
    new RecordingLog(),
  );
}

describe('the egress guard, with a server listening where nobody may call', () => {
  const http = new HttpCalls([]);

  afterEach(() => http.end());

  it.each([
    ['plainly', 'http://127.0.0.1:PORT/'],
    ['as one decimal number', 'http://2130706433:PORT/'],
    ['in octal', 'http://0177.0.0.01:PORT/'],
    ['in hex', 'http://0x7f.0.0.1:PORT/'],
    ['as one hex number', 'http://0x7F000001:PORT/'],
    ['in mixed bases', 'http://0x7f.0.01:PORT/'],
    ['in two parts', 'http://127.1:PORT/'],
    ['in three parts', 'http://127.0.1:PORT/'],
    ['with a trailing dot', 'http://127.0.0.1.:PORT/'],
    ['in full-width digits', 'http://１２７.０.０.１:PORT/'],
    ['in circled digits', 'http://①②⑦.⓪.⓪.①:PORT/'],
    ['with ideographic dots', 'http://127。0。0。1:PORT/'],
    ['percent-encoded', 'http://%31%32%37.0.0.1:PORT/'],
    ['behind a user name that looks public', 'http://1.1.1.1@127.0.0.1:PORT/'],
    ['behind a user name and a password', 'http://example.com:80@127.0.0.1:PORT/'],
    ['before a fragment with an at sign', 'http://127.0.0.1:PORT#@1.1.1.1/'],
    ['before a backslash', 'http://127.0.0.1:PORT\\@1.1.1.1/'],
    ['as all interfaces', 'http://0.0.0.0:PORT/'],
    ['as zero', 'http://0:PORT/'],
    ['as all interfaces, v6', 'http://[::]:PORT/'],
    ['mapped into IPv6', 'http://[::ffff:127.0.0.1]:PORT/'],
    ['mapped into IPv6, in hex', 'http://[::ffff:7f00:1]:PORT/'],
    ['compatible IPv6', 'http://[::127.0.0.1]:PORT/'],
    ['by NAT64', 'http://[64:ff9b::127.0.0.1]:PORT/'],
    ['by 6to4', 'http://[2002:7f00:1::]:PORT/'],
    ['by name', 'http://localhost:PORT/'],
    ['by name with a trailing dot', 'http://localhost.:PORT/'],
    ['by name in capitals', 'http://LOCALHOST:PORT/'],
    ['by name in full-width letters', 'http://ｌｏｃａｌｈｏｓｔ:PORT/'],
    ['by name, encrypted', 'https://localhost:PORT/'],
    ['plainly, encrypted', 'https://127.0.0.1:PORT/'],
  ])('no packet is sent to loopback written %s', async (_, spelling) => {
    const server = await http.aServer();
    const outcome = await get(http.aRunner(), spelling.replace('PORT', String(server.port)));
    // A resolver may not know `localhost.`; then there was no connection either.
    if (!spelling.includes('localhost.')) expect(outcome).toMatchObject(DENIED);
    expect(outcome.type).toBe('failed');
    expect(server.connections).toBe(0);
  });

  it.each([
    'http://[fe80::1%25lo]:1/',
    'http://[::1%25lo]:1/',
    'http://127.0.0.256:1/',
    'http://0x100000000:1/',
  ])('%s is no URL', async (url) => {
    expect(await get(http.aRunner(), url)).toMatchObject({
      cause: 'target',
      error: { type: 'invalid_target' },
    });
  });

  it('a name that a real name server gives a private address fails before a packet is sent', async () => {
    const server = await http.aServer();
    const dns = await DnsServer.start(() => ['127.0.0.1']);
    http.endAfterwards(() => dns.stop());
    for (const protocol of ['http', 'https']) {
      const outcome = await get(http.aRunner(dns.resolver()), `${protocol}://rebind.example:${server.port}/`);
      expect(outcome).toMatchObject(DENIED);
    }
    expect(dns.questions).toContain('rebind.example');
    expect(server.connections).toBe(0);
  });

  it('says the same of every closed address, and none of what it found behind the name', async () => {
    const messages = new Set<string>();
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
      '168.63.129.16',
      '0.0.0.0',
      '224.0.0.1',
    ]) {
      const runner = http.aRunner(async () => [{ address, family: 4 }]);
      const outcome = await get(runner, 'http://inside.example/');
      messages.add((outcome as { error: { message: string } }).error.message);
    }
    expect([...messages]).toEqual(['inside.example:80 is not public and EGRESS_ALLOW does not list it']);
  });
});

describe('the egress guard, with one address allowed', () => {
  const http = new HttpCalls(['127.0.0.1']);

  afterEach(() => http.end());

  it('a name that changes its address between two runs reaches only the allowed one', async () => {
    const [open, closed] = [await http.aServer(), await http.aServer(undefined, '127.0.0.2')];
    const answers = [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2'], ['127.0.0.1']];
    const dns = await DnsServer.start(() => answers.shift() ?? []);
    http.endAfterwards(() => dns.stop());

    const verdicts = [];
    for (const port of [open.port, closed.port, closed.port, open.port]) {
      const runner = http.aRunner(dns.resolver());
      verdicts.push((await get(runner, `http://rebind.example:${port}/`)).type);
    }

    expect(verdicts).toEqual(['succeeded', 'failed', 'failed', 'succeeded']);
    expect(dns.questions).toHaveLength(4); // one per run: the answer that was checked is the one that was used
    expect([open.connections, closed.connections]).toEqual([2, 0]);
  });

  it.each([301, 302, 303, 307, 308])('a %d into private space is not followed', async (status) => {
    const inside = await http.aServer(undefined, '127.0.0.2');
    const places = [
      inside.url,
      `http://2130706434:${inside.port}/`,
      `http://[::ffff:127.0.0.2]:${inside.port}/`,
    ];
    for (const location of places) {
      const front = await http.aServer((_, response) => response.writeHead(status, { location }).end());
      expect(await http.call(front.url, { followRedirects: true })).toMatchObject(DENIED);
    }
    expect(inside.connections).toBe(0);
  });

  it('no proxy of the environment is asked', async () => {
    const [server, proxy] = [await http.aServer(), await http.aServer()];
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : proxy.url;
    try {
      expect(await http.call(server.url)).toMatchObject({ type: 'succeeded' });
    } finally {
      for (const name of names) delete process.env[name];
    }
    expect(proxy.connections).toBe(0);
  });
});

describe('services side by side', () => {
  const http = new HttpCalls([]);
  const grants = (service: string, ...egressAllow: string[]): Partial<RunContext> => ({
    grants: aGrant({ service, egressAllow }),
  });

  afterEach(() => http.end());

  it('each reaches what its own list adds, and never by a connection that another opened', async () => {
    const server = await http.aServer();
    const runner = http.aRunner();
    const call = (context: Partial<RunContext>): Promise<Outcome> => get(runner, server.url, context);

    expect(await call(grants('billing', '127.0.0.1'))).toMatchObject({ type: 'succeeded' });
    expect(await call(grants('mail'))).toMatchObject(DENIED);
    expect(server.connections).toBe(1);
    expect(await call(grants('mail', `127.0.0.0/8:${server.port}`))).toMatchObject({ type: 'succeeded' });
    expect(server.connections).toBe(2);
    expect(await call(grants('billing', '127.0.0.1'))).toMatchObject({ type: 'succeeded' });
    expect(server.connections).toBe(2); // its own connection, still open
    expect(await call(grants('billing'))).toMatchObject(DENIED);
  });

  it('a list entry that cannot be read opens nothing and closes nothing', async () => {
    const server = await http.aServer();
    const runner = http.aRunner();
    expect(await get(runner, server.url, grants('a', '127.1', '*', '127.0.0.0/99'))).toMatchObject(DENIED);
    expect(await get(runner, server.url, grants('a', '127.1', '127.0.0.1'))).toMatchObject({
      type: 'succeeded',
    });
  });
});

describe('this machine’s own addresses', () => {
  const policy = (...egressAllow: string[]): EgressPolicy =>
    EgressPolicy.parse(egressAllow, () => new Set(['93.184.216.34', '2606:2800:220:1::1']));
  const refusalOf = (address: string, ...egressAllow: string[]): string | null =>
    policy(...egressAllow).refusalOf({ hostname: address, address, port: 80 });

  it('are closed although they are public, in every form, unless listed', () => {
    expect(refusalOf('93.184.216.34')).not.toBeNull();
    expect(refusalOf('::ffff:93.184.216.34')).not.toBeNull();
    expect(refusalOf('2606:2800:220:1:0:0:0:1')).not.toBeNull();
    expect(refusalOf('93.184.216.34', '93.184.216.34:80')).toBeNull();
    expect(refusalOf('93.184.216.35')).toBeNull();
  });

  it('are known of the interfaces that there are', async () => {
    const [loopback] = await systemResolve()('localhost');
    const { ownAddresses } = await import('./own-addresses.js');
    expect(ownAddresses()).toContain(loopback?.address === '::1' ? '::1' : '127.0.0.1');
  });
});
