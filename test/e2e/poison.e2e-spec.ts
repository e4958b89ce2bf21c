import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TargetServer } from '../support/target-server.js';
import { waitFor } from '../support/wait-for.js';
import { Fleet } from './support/fleet/fleet.js';

/** Three leases of 15 s, and four starts of a worker. */
jest.setTimeout(240_000);
const RESCUED_MS = 60_000;
const INNOCENT_RUN_MS = 2_000;
const INNOCENTS = 10;

interface Run {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  readonly attempts: readonly { readonly outcome: string }[];
  readonly error: { readonly type: string } | null;
}

let target: TargetServer;
let fleet: Fleet;

beforeEach(async () => {
  [target, fleet] = [await TargetServer.start(), await Fleet.create()];
});

afterEach(async () => {
  await fleet.stop();
  await target.stop();
});

/** A target that never answers, because its caller dies on it. */
const poisonKillsWorker = async (times: number): Promise<void> => {
  await target.waitForRequests('/poison', times, RESCUED_MS);
  await fleet.killAll('worker');
};

describe('a run that kills every worker it is given to', () => {
  it('runs alone the third time, takes no other run with it, and ends as worker_lost', async () => {
    target.answer('/poison', { hang: true });
    target.answer('/innocent', { delayMs: INNOCENT_RUN_MS });
    await Promise.all([fleet.add('api'), fleet.add('worker')]);
    const [poison, innocent] = [await createJob('/poison'), await createJob('/innocent')];
    const { id } = await execute(poison);
    for (const times of [1, 2]) {
      await poisonKillsWorker(times);
      await fleet.add('worker');
    }
    await waitFor(async () => (await run(id)).attempts.length === 2, { timeoutMs: RESCUED_MS });
    const innocents: string[] = [];
    while (innocents.length < INNOCENTS) innocents.push((await execute(innocent)).id);
    await poisonKillsWorker(3);

    await fleet.add('worker');
    const LOST = { outcome: 'lost' };
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      attempts: [LOST, LOST, LOST],
      error: { type: 'worker_lost' },
    });
    for (const one of innocents) expect(await ended(one)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });
});

async function createJob(path: string): Promise<Run> {
  return fleet.call('POST', '/jobs', {
    name: path.slice(1),
    target: { type: 'http', url: target.url(path) },
    timeoutMs: 120_000,
  });
}

const execute = (job: Run) => fleet.call<Run>('POST', `/jobs/${job.id}/execute`, {});
const run = (id: string) => fleet.call<Run>('GET', `/executions/${id}`);

const ended = (id: string) =>
  waitFor(
    async () => {
      const execution = await run(id);
      return ['succeeded', 'failed', 'timed_out', 'cancelled'].includes(execution.state) && execution;
    },
    { timeoutMs: RESCUED_MS, describe: `execution ${id} to end` },
  );
