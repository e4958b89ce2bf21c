import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

interface Status {
  readonly status: string;
  readonly scheduler: { readonly lastTickAt: string | null; readonly oldestDueAgeSeconds: number };
  readonly workers: readonly { readonly busy: number; readonly lastTickAt: string | null }[];
  readonly versions: { readonly api: string; readonly workers: readonly string[]; readonly schema: string };
}

const service = useRunningService();
const status = async (): Promise<Status> => bodyOf(200, await service.api.get<Status>('/status'));

describe('GET /status', () => {
  it('tells who works, when the scheduler last ticked, and which versions run', async () => {
    const found = await waitFor(
      async () => {
        const now = await status();
        return now.status === 'ok' && now;
      },
      { timeoutMs: 20_000, describe: 'a worker to have told its tick' },
    );
    expect(found.workers).toHaveLength(1);
    expect(found.versions.workers).toEqual([found.versions.api]);
    expect(found.versions.schema).toMatch(/\d{13}$/);
    expect(Date.now() - Date.parse(found.scheduler.lastTickAt ?? '')).toBeLessThan(30_000);
  });

  it('shows what a worker runs', async () => {
    const job = await service.createJob();
    const endRun = service.target.hold(targetPath(job));
    const { id } = await service.execute(job);
    await waitFor(async () => (await status()).workers[0]?.busy === 1);
    endRun();
    await service.ended(id);
    await waitFor(async () => (await status()).workers[0]?.busy === 0);
  });
});
