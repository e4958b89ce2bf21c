import { waitFor } from '../../../support/wait-for.js';
import { ApiClient } from '../api-client.js';
import { CRASH_RECOVERY_MS, type FaultKind } from './fault-kind.js';

/** Kills the worker that started it, and nobody else: an orphan has another parent. */
const KILLS_ITS_WORKER = `
  const worker = process.ppid;
  const command = require('node:fs').readFileSync('/proc/' + worker + '/cmdline', 'utf8');
  if (command.includes('/apps/worker/')) process.kill(worker, 'SIGKILL');
`;
/** Three leases of 15 s, each with its rescue, and a minute for the third try to be alone. */
const PATIENCE_MS = 150_000;

interface Poison {
  readonly state: string;
  readonly attempt: number;
  readonly error: { readonly type: string } | null;
}

/** A run that no worker survives: it takes three along, the third time nobody else's run, and then it is given up. */
const poison: FaultKind = {
  kind: 'poison',
  recoveryMs: CRASH_RECOVERY_MS,
  costsTries: true,
  async inflict(site, random) {
    const api = new ApiClient(site.apiUrls, `poison-${random.next()}`);
    const { id: jobId } = await api.create<{ id: string }>('/jobs', {
      name: `poison-${Date.now()}`,
      target: { type: 'command', command: process.execPath, args: ['-e', KILLS_ITS_WORKER] },
    });
    const { id } = await api.create<{ id: string }>(`/jobs/${jobId}/execute`, {});
    const ended = await waitFor(() => endedRun(api, id), {
      timeoutMs: PATIENCE_MS,
      describe: 'poison to end',
    });
    const told = `${ended.state} (${ended.error?.type}) after ${ended.attempt} tries`;
    if (told !== 'failed (worker_lost) after 3 tries') throw new Error(`the poison ended as ${told}`);
    return 'three workers, one after another';
  },
};

async function endedRun(api: ApiClient, id: string): Promise<Poison | null> {
  const run = await api.get<Poison & { finishedAt: string | null }>(`/executions/${id}`);
  return run.finishedAt === null ? null : run;
}

export const POISON_FAULTS: readonly FaultKind[] = [poison];
