import { setTimeout as delay } from 'node:timers/promises';
import { CRASH_RECOVERY_MS, type FaultKind, OUTAGE_RECOVERY_MS, RESTART_RECOVERY_MS } from './fault-kind.js';

/** Longer than the lease of 15 s: the others take its runs, and then it wakes up and must not touch them. */
const PAUSE_MS = 20_000;

const workerKill: FaultKind = {
  kind: 'worker-kill',
  recoveryMs: CRASH_RECOVERY_MS,
  costsTries: true,
  async inflict(site, random) {
    const { app } = random.pick(site.workers);
    app.signal('SIGKILL');
    return app.name;
  },
};

const workersKill: FaultKind = {
  kind: 'all-workers-kill',
  recoveryMs: CRASH_RECOVERY_MS,
  costsTries: true,
  async inflict(site) {
    for (const { app } of site.workers) app.signal('SIGKILL');
    return 'every worker';
  },
};

const workerPause: FaultKind = {
  kind: 'worker-pause',
  recoveryMs: CRASH_RECOVERY_MS,
  costsTries: true,
  async inflict(site, random) {
    const { app } = random.pick(site.workers);
    app.signal('SIGSTOP');
    await delay(PAUSE_MS);
    app.signal('SIGCONT');
    return app.name;
  },
};

/** A deploy drains: it costs no try at all. */
const rollingRestart: FaultKind = {
  kind: 'rolling-restart',
  recoveryMs: RESTART_RECOVERY_MS,
  costsTries: false,
  async inflict(site) {
    for (const { app } of site.workers) {
      await app.stop();
      await app.start();
    }
    return 'every worker';
  },
};

const apiKill: FaultKind = {
  kind: 'api-kill',
  recoveryMs: RESTART_RECOVERY_MS,
  costsTries: false,
  async inflict(site, random) {
    const { app } = random.pick(site.apis);
    app.signal('SIGKILL');
    return app.name;
  },
};

/** Its event loop turns, its files are open, and the database is gone for longer than its lease. */
const partition: FaultKind = {
  kind: 'worker-partition',
  recoveryMs: OUTAGE_RECOVERY_MS,
  costsTries: true,
  async inflict(site, random) {
    const { app, postgres } = random.pick(site.workers);
    postgres.setMode({ type: 'black_hole' });
    await delay(PAUSE_MS);
    postgres.setMode({ type: 'pass' });
    return app.name;
  },
};

export const PROCESS_FAULTS: readonly FaultKind[] = [
  workerKill,
  workersKill,
  workerPause,
  rollingRestart,
  apiKill,
  partition,
];
