import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Verdict } from '../chaos/checker/check-history.js';
import { violations } from '../chaos/checker/verdict.js';
import { mutantsFor } from '../chaos/mutants/mutants.js';
import { occurrences } from '../chaos/mutants/run-mutants.js';
import { queueBackendsUnderTest, type QueueBackendUnderTest } from '../support/test-redis.js';

const ROOT = path.dirname(path.dirname(import.meta.dirname));
const TIMEOUT_MS = 240_000;
const SEED = 4;
const LEAST_INSTANTS = 1_000;

/** On a machine that runs other things as well; `npm run chaos` asks for 2 s. */
const LATE_MS = 4_000;

const FAULTS: Readonly<Record<QueueBackendUnderTest, string>> = {
  redis: 'worker-kill,api-clock-ahead,redis-failover,postgres-restart',
  postgres: 'worker-kill,api-clock-behind,queue-truncate,postgres-restart',
};

describe.each(queueBackendsUnderTest())('a short chaos campaign on %s', (backend) => {
  it(
    'ends without a forbidden finding',
    async () => {
      const { verdict, output } = await runChaos(backend);
      // What the campaign printed comes first, so that a failure explains itself.
      expect({ violations: violations(verdict.findings), output }).toEqual({ violations: [], output });
      expect(verdict.isGood).toBe(true);
      expect(verdict.counted.instants).toBeGreaterThan(LEAST_INSTANTS);
      expect(verdict.counted.faults).toBeGreaterThanOrEqual(3);
    },
    TIMEOUT_MS,
  );
});

/** Only `npm run chaos -- --mutants` shows that they are caught; that they still are mutants shows here. */
describe.each(queueBackendsUnderTest())('the mutants of the checker on %s', (backend) => {
  it.each(mutantsFor(backend).map((mutant) => [mutant.name, mutant] as const))(
    'still change the product: %s',
    async (_name, { patches }) => {
      for (const patch of patches)
        expect({ patch, found: await occurrences(patch, path.join(ROOT, 'dist')) }).toEqual({
          patch,
          found: patch.times ?? 1,
        });
    },
  );
});

/** `npm run chaos` as a person runs it. */
async function runChaos(backend: QueueBackendUnderTest): Promise<{ verdict: Verdict; output: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'scheduler-chaos-spec-'));
  const json = path.join(folder, 'verdict.json');
  try {
    const args = ['--minutes', '1.25', '--seed', String(SEED), '--backend', backend, '--json', json];
    const output = await run([...args, '--faults', FAULTS[backend], '--late-ms', String(LATE_MS)]);
    return { verdict: JSON.parse(await readFile(json, 'utf8').catch(() => fail(output))) as Verdict, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const chaos = spawn(process.execPath, [path.join(ROOT, 'scripts', 'chaos.mjs'), ...args], {
    env,
    // The channel ends it with the test run.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [chaos.stdout, chaos.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  await once(chaos, 'close');
  return output;
}

function fail(output: string): never {
  throw new Error(`The campaign did not come to a verdict:\n${output}`);
}
