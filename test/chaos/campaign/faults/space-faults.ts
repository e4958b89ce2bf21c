import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../../support/wait-for.js';
import type { Site } from '../site.js';
import type { SmallDisk } from '../small-disk.js';
import { type FaultKind, OUTAGE_RECOVERY_MS } from './fault-kind.js';
import { answers, withClient } from './postgres-session.js';

/** Shorter than the 12 s after which a worker that cannot renew its lease gives up its runs. */
const [SHORTEST_MS, LONGEST_MS] = [3_000, 8_000];
const BACK_TIMEOUT_MS = 60_000;
/** The server's own attempts to come back grow apart. */
const LOG_FULL_MS = 3_000;
/** The log's spare segments are used up first. */
const LOG_SWITCHES = 40;

/** Tables cannot grow: most statements fail, and some do not. */
const postgresDiskFull: FaultKind = {
  kind: 'postgres-disk-full',
  recoveryMs: OUTAGE_RECOVERY_MS,
  costsTries: false,
  needs: 'small-disk',
  async inflict({ equipment }, random) {
    await keepFull(equipment.postgresDisk, random.between(SHORTEST_MS, LONGEST_MS));
    return 'postgres';
  },
};

/** The write-ahead log cannot grow: PostgreSQL ends itself, and does not start before there is space. */
const postgresLogFull: FaultKind = {
  kind: 'postgres-log-full',
  recoveryMs: OUTAGE_RECOVERY_MS,
  costsTries: true,
  needs: 'small-disk',
  async inflict(site) {
    const disk = site.equipment.postgresDisk;
    await disk?.fill();
    await switchLogUntilItEnds(site, disk);
    await delay(LOG_FULL_MS);
    await disk?.free();
    const describe = 'PostgreSQL to be back';
    await waitFor(() => answers(site.postgres), { timeoutMs: BACK_TIMEOUT_MS, describe });
    return 'postgres';
  },
};

async function switchLogUntilItEnds({ postgres }: Site, disk: SmallDisk | null): Promise<void> {
  try {
    await withClient(postgres.url('scheduler'), async (client) => {
      for (let switches = 0; switches < LOG_SWITCHES; switches++) {
        await client.query(
          `SELECT pg_logical_emit_message(false, 'chaos', 'a switch wants something to end'), pg_switch_wal()`,
        );
        await disk?.fill();
      }
    });
  } catch {
    // It is down, as it should be.
  }
}

async function keepFull(disk: SmallDisk | null, durationMs: number): Promise<void> {
  const end = performance.now() + durationMs;
  for (; performance.now() < end; await delay(100)) await disk?.fill();
  await disk?.free();
}

/** At its limit of memory Redis refuses whatever would need more; under noeviction it drops nothing. */
const redisFull: FaultKind = {
  kind: 'redis-full',
  recoveryMs: OUTAGE_RECOVERY_MS,
  costsTries: false,
  onlyFor: 'redis',
  async inflict({ redis }, random) {
    await redis.configure({ maxmemory: '1' });
    await delay(random.between(SHORTEST_MS, LONGEST_MS));
    await redis.configure({ maxmemory: '0' });
    return 'redis';
  },
};

/** With its append-only file on a full disk Redis answers every write with MISCONF. */
const redisDiskFull: FaultKind = {
  kind: 'redis-disk-full',
  recoveryMs: OUTAGE_RECOVERY_MS,
  costsTries: false,
  onlyFor: 'redis',
  needs: 'small-disk',
  async inflict({ redis, equipment }, random) {
    await redis.configure({ appendonly: 'yes' });
    await keepFull(equipment.redisDisk, random.between(SHORTEST_MS, LONGEST_MS));
    await redis.configure({ appendonly: 'no' });
    return 'redis, with its append-only file';
  },
};

export const SPACE_FAULTS: readonly FaultKind[] = [
  postgresDiskFull,
  postgresLogFull,
  redisFull,
  redisDiskFull,
];
