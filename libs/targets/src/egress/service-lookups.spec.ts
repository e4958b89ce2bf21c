import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../test/support/wait-for.js';
import { foundNobody, outcomeOfError } from '../http/http-error.js';
import { TargetCircuits } from '../http/target-circuits.js';
import type { Outcome } from '../outcome.js';
import { aContext, aGrant, neverAborted, RecordingLog } from '../testing/a-run.js';
import { HttpCalls } from '../testing/http-calls.js';
import type { Resolve, ResolvedAddress } from './resolve.js';
import { LOOKUPS_AT_ONCE, serviceLookups } from './service-lookups.js';

const LOOPBACK = [{ address: '127.0.0.1', family: 4 }];

/** Names that begin with `slow` have no answer until one is given. */
class SlowResolver {
  readonly asked: string[] = [];
  private readonly answers = new Map<string, (addresses: ResolvedAddress[]) => void>();

  readonly resolve: Resolve = (hostname) => {
    this.asked.push(hostname);
    if (!hostname.startsWith('slow')) return Promise.resolve(LOOPBACK);
    return new Promise((resolve) => this.answers.set(hostname, resolve));
  };

  async answer(hostname: string): Promise<void> {
    this.answers.get(hostname)?.(LOOPBACK);
    await setImmediate();
  }
}

describe('the lookups of a service', () => {
  let resolver: SlowResolver;

  beforeEach(() => void (resolver = new SlowResolver()));

  it('are so many at once, and the next goes when one has its answer', async () => {
    const resolve = serviceLookups(resolver.resolve, 2);
    const answers = ['slow-1', 'slow-2', 'slow-3', 'slow-4'].map((name) => resolve(name));
    await setImmediate();
    expect(resolver.asked).toEqual(['slow-1', 'slow-2']);
    await resolver.answer('slow-2');
    expect(resolver.asked).toEqual(['slow-1', 'slow-2', 'slow-3']);
    for (const name of ['slow-1', 'slow-3', 'slow-4']) await resolver.answer(name);
    expect(await Promise.all(answers)).toEqual(answers.map(() => LOOPBACK));
  });

  it('give their turn on when they fail', async () => {
    const resolve = serviceLookups(() => Promise.reject(new Error('no such name')), 1);
    const failures = ['one', 'two', 'three'].map((name) =>
      expect(resolve(name)).rejects.toThrow('no such name'),
    );
    await Promise.all(failures);
  });

  it('of one name share its answer, and one turn', async () => {
    const resolve = serviceLookups(resolver.resolve, 2);
    const shared = [resolve('slow-1'), resolve('slow-1'), resolve('slow-1')];
    expect(await resolve('fast')).toBe(LOOPBACK);
    expect(resolver.asked).toEqual(['slow-1', 'fast']);
    await resolver.answer('slow-1');
    expect(await Promise.all(shared)).toHaveLength(3);
  });

  it('that wait too long are trouble of the network, tell nothing of the host, and take no turn', async () => {
    const resolve = serviceLookups(resolver.resolve, 1, 1);
    const first = resolve('slow-1');
    const error: unknown = await resolve('never').catch((thrown: unknown) => thrown);
    expect(outcomeOfError(error, null)).toMatchObject({ cause: 'network', error: { type: 'network' } });
    expect(foundNobody(error, neverAborted())).toBe(false);
    await resolver.answer('slow-1');
    await first;
    expect(await resolve('fast')).toBe(LOOPBACK);
    expect(resolver.asked).toEqual(['slow-1', 'fast']);
  });
});

describe('a service with slow names', () => {
  const http = new HttpCalls();

  afterEach(() => http.end());

  it('leaves the resolver to others', async () => {
    const resolver = new SlowResolver();
    const server = await http.aServer();
    const runner = http.aRunner(resolver.resolve, new TargetCircuits(1));
    const call = (service: string, host: string): Promise<Outcome> => {
      const url = `http://${host}:${server.port}/`;
      const context = aContext({ grants: aGrant({ service }) });
      return runner.run({ type: 'http', method: 'GET', url }, context, neverAborted(), new RecordingLog());
    };
    const names = Array.from({ length: LOOKUPS_AT_ONCE + 2 }, (_, index) => `slow-${index}.example`);
    const slow = names.map((name) => call('slow', name));
    expect(await call('other', 'fast.example')).toMatchObject({ type: 'succeeded' });
    expect(resolver.asked).toEqual([...names.slice(0, LOOKUPS_AT_ONCE), 'fast.example']);
    for (const name of names) await resolver.answer(name);
    for (const outcome of await Promise.all(slow)) expect(outcome).toMatchObject({ type: 'succeeded' });
  });

  it('costs a run no attempt that was not called for another name', async () => {
    const resolver = new SlowResolver();
    const runner = http.aRunner(serviceLookups(resolver.resolve, 1, 1), new TargetCircuits(1));
    const call = (host: string, mayGoUncalled: boolean): Promise<Outcome> => {
      const target = { type: 'http', method: 'GET', url: `http://${host}/` } as const;
      return runner.run(target, aContext({ mayGoUncalled }), neverAborted(), new RecordingLog());
    };
    const slow = call('slow.example', true);
    await waitFor(() => resolver.asked.includes('slow.example'));
    expect(await call('fast.example', true)).toMatchObject({
      type: 'uncalled',
      error: { type: 'lookups_busy' },
    });
    expect(await call('fast.example', false)).toMatchObject({ type: 'failed', error: { type: 'network' } });
    await resolver.answer('slow.example');
    expect(await slow).toMatchObject({ type: 'failed' });
  });
});
