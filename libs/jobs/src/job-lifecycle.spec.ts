import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { JobLifecycle } from './job-lifecycle.js';

const tx = {} as EntityManager;

describe("a job's deletion", () => {
  it('stops what fires before it ends what waits, whoever registered first', async () => {
    const lifecycle = new JobLifecycle();
    const steps: string[] = [];
    const step = (name: string) => async () => void steps.push(name);
    lifecycle.register({ onJobDeleted: step('cancel what waits') });
    lifecycle.register({ onJobEnding: step('delete the schedules') });

    await lifecycle.deleted(tx, { id: 'a job', service: 'default' });
    expect(steps).toEqual(['delete the schedules', 'cancel what waits']);
  });
});
