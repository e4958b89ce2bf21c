import { setTimeout as delay } from 'node:timers/promises';
import type { AppProcess } from '../app-process.js';
import { CRASH_RECOVERY_MS, type FaultKind } from './fault-kind.js';

const KILLED_AT = [
  'after_commit_before_hand_over',
  'after_hand_over',
  'after_claim',
  'after_response_before_settle',
  'after_settle_before_acknowledge',
];
/** Rare enough for the worker to be in full swing when it meets its point, frequent enough for that to happen. */
const PROBABILITY = 0.05;
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

const [SHORT_STALL_MS, LONG_STALL_MS] = [8_000, 16_000];

/** A deploy of one worker that dies at a chosen line; it comes back without the fail point. */
export const FAIL_POINT_FAULTS: readonly FaultKind[] = [
  ...KILLED_AT.map((name) => failPointFault(`dies-${dashed(name)}`, `${name}=kill@${PROBABILITY}`)),
  failPointFault('stalls-8s-after-claim', `after_claim=stall:${SHORT_STALL_MS}@0.02`),
  failPointFault('stalls-16s-after-claim', `after_claim=stall:${LONG_STALL_MS}@0.02`),
  failPointFault('stalls-16s-before-settle', `after_response_before_settle=stall:${LONG_STALL_MS}@0.02`),
];

function failPointFault(kind: string, failPoints: string): FaultKind {
  return {
    kind,
    recoveryMs: CRASH_RECOVERY_MS,
    costsTries: true,
    async inflict(site, random) {
      const { app } = random.pick(site.workers);
      await app.stop();
      const exits = app.exitCount;
      await app.start({ FAIL_POINTS: failPoints });
      if (await endsWithin(app, exits, PATIENCE_MS)) return app.name;
      // It stalled, or was spared: a second crash brings it back unarmed.
      app.signal('SIGKILL');
      return `${app.name}, killed after all`;
    },
  };
}

async function endsWithin(app: AppProcess, exits: number, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (app.exitCount > exits) return true;
    await delay(POLL_MS);
  }
  return false;
}

function dashed(name: string): string {
  return name.replaceAll('_', '-');
}
