import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { truncateQueue } from '../../../support/flush-queue.js';
import { waitFor } from '../../../support/wait-for.js';
import type { Site } from '../site.js';
import { type FaultKind, OUTAGE_RECOVERY_MS } from './fault-kind.js';
import { answers, withClient } from './postgres-session.js';

const RESTART_TIMEOUT_MS = 60_000;
const FLUSHING_MS = 2_000;
const TRUNCATE_EVERY_MS = 50;
const outage = { recoveryMs: OUTAGE_RECOVERY_MS, costsTries: false };

const redisFlush: FaultKind = {
  ...outage,
  kind: 'redis-flush',
  onlyFor: 'redis',
  async inflict({ redis }) {
    await redis.flushFor(FLUSHING_MS);
    return 'redis';
  },
};

const redisRestart: FaultKind = {
  ...outage,
  kind: 'redis-restart',
  onlyFor: 'redis',
  async inflict({ redis }, random) {
    await redis.kill();
    await delay(random.between(1_000, 8_000));
    await redis.start();
    return 'redis, which forgot everything';
  },
};

/** A replica takes over; what the old primary still accepted meanwhile is gone. */
const redisFailover: FaultKind = {
  ...outage,
  kind: 'redis-failover',
  onlyFor: 'redis',
  async inflict(site, random) {
    const primary = site.redis;
    const replica = await site.startReplica();
    await replica.promote();
    await delay(random.between(200, 1_500));
    await primary.kill();
    await delay(random.between(1_000, 4_000));
    site.failOverTo(replica);
    return `redis at port ${primary.port}`;
  },
};

/** What FLUSHALL, again and again, is to Redis. */
const queueTruncate: FaultKind = {
  ...outage,
  kind: 'queue-truncate',
  onlyFor: 'postgres',
  async inflict({ postgres }) {
    await withClient(postgres.url('scheduler_queue'), async (client) => {
      const end = performance.now() + FLUSHING_MS;
      for (; performance.now() < end; await delay(TRUNCATE_EVERY_MS)) await truncateQueue(client);
    });
    return 'the queue database';
  },
};

/** SIGQUIT is PostgreSQL's immediate shutdown: sessions end mid-statement, and the log is replayed at the start. */
const postgresRestart: FaultKind = {
  ...outage,
  kind: 'postgres-restart',
  async inflict(site) {
    const before = await postmasterPid(site);
    process.kill(before, 'SIGQUIT');
    await waitFor(async () => (await postmasterPid(site)) !== before && (await answers(site.postgres)), {
      timeoutMs: RESTART_TIMEOUT_MS,
      describe: 'PostgreSQL to be back',
    });
    return 'postgres';
  },
};

async function postmasterPid({ postgresFolder }: Site): Promise<number> {
  const text = await readFile(path.join(postgresFolder, 'postgres', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

export const STORE_FAULTS: readonly FaultKind[] = [
  redisFlush,
  redisRestart,
  redisFailover,
  queueTruncate,
  postgresRestart,
];
