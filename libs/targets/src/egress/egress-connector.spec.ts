import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpRunner } from '../http/http.runner.js';
import { TargetCircuits } from '../http/target-circuits.js';
import type { Outcome } from '../outcome.js';
import { aContext, neverAborted, RecordingLog } from '../testing/a-run.js';
import { TargetServer } from '../testing/target-server.js';
import { EgressPolicy } from './egress-policy.js';
import { systemResolve, type Resolve } from './resolve.js';

describe('egressConnector', () => {
  let server: TargetServer;

  beforeEach(async () => {
    server = await TargetServer.start((_, response) => response.end('reached'));
  });
  afterEach(() => server.stop());

  const resolvesTo =
    (...addresses: string[]): Resolve =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  async function callName(egressAllow: string[], resolve: Resolve, protocol = 'http'): Promise<Outcome> {
    const runner = new HttpRunner(
      EgressPolicy.parse(egressAllow),
      'test-agent/1',
      new TargetCircuits(0),
      resolve,
    );
    try {
      const url = `${protocol}://target.example:${server.port}/`;
      return await runner.run(
        { type: 'http', method: 'GET', url },
        aContext(),
        neverAborted(),
        new RecordingLog(),
      );
    } finally {
      await runner.close();
    }
  }

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback in IPv6 clothes', '::ffff:127.0.0.1'],
    ['a private address', '10.0.0.1'],
    ['the metadata service', '169.254.169.254'],
  ])('denies a public name that resolves to %s', async (_, address) => {
    for (const protocol of ['http', 'https']) {
      expect(await callName([], resolvesTo(address), protocol)).toMatchObject({
        type: 'failed',
        cause: 'egress',
        error: { type: 'egress_denied' },
        result: null,
      });
    }
    expect(server.received).toEqual([]);
  });

  it('connects to the answer that was checked, asking the resolver once', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const resolve: Resolve = (hostname) => resolvesTo(...(answers.shift() ?? []))(hostname);
    expect(await callName(['127.0.0.0/8'], resolve)).toMatchObject({ type: 'succeeded' });
    expect(answers).toHaveLength(1);
  });

  it('uses only the allowed ones of several answers', async () => {
    const outcome = await callName(['127.0.0.1'], resolvesTo('10.255.255.1', '127.0.0.1'));
    expect(outcome).toMatchObject({ type: 'succeeded', result: { output: 'reached' } });
  });

  it('lets an allowed name have private addresses, on the allowed port only', async () => {
    const resolve = resolvesTo('127.0.0.1');
    expect(await callName([`target.example:${server.port}`], resolve)).toMatchObject({ type: 'succeeded' });
    expect(await callName(['target.example:1'], resolve)).toMatchObject({ type: 'failed', cause: 'egress' });
  });

  it('fails as network when the name is not found', async () => {
    const notFound: Resolve = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND target.example'), { code: 'ENOTFOUND' });
    };
    expect(await callName([], notFound)).toMatchObject({
      cause: 'network',
      error: { type: 'network', message: 'host name not found' },
    });
  });

  it('resolves localhost by the system, which asks once for questions asked together', async () => {
    const resolve = systemResolve();
    const [first, second] = await Promise.all([resolve('localhost'), resolve('localhost')]);
    expect(first).toBe(second);
    expect(first?.map(({ address }) => address)).toContain('127.0.0.1');
  });
});
