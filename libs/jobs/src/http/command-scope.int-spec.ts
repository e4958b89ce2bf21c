import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Principal, type Scope, SCOPES } from '@app/access';
import { aCall, aJob } from '../../../../test/support/a-job.js';
import { type Job } from '../index.js';
import { type JobsApp, startJobsApp } from '../testing/jobs-app.js';
import { demandScopeForTargets, demandScopeToRun } from './command-scope.js';

jest.setTimeout(60_000);

const principal = (scopes: readonly Scope[]): Principal => ({
  service: 'default',
  actor: 'key:1',
  scopes: new Set(scopes),
  keyId: null,
  bounds: { expiresAt: null, allowedCidrs: [] },
});
const ALL = principal(SCOPES);
const ALL_BUT_COMMANDS = principal(SCOPES.filter((scope) => scope !== 'commands:run'));
const REFUSED = { kind: 'forbidden', code: 'scope_missing' };

const HTTP = aCall('https://example.com/');
const COMMAND = aJob({ target: { type: 'command', command: 'true' } });

describe('the scope for commands', () => {
  let app: JobsApp;
  let [http, command]: Job[] = [];

  beforeAll(async () => {
    app = await startJobsApp();
    [http, command] = [await app.jobs.create('default', HTTP), await app.jobs.create('default', COMMAND)];
  });
  afterAll(() => app.close());

  it('is needed to make a command of a job, and to make something else of it', () => {
    expect(() => demandScopeForTargets(ALL_BUT_COMMANDS, HTTP, HTTP)).not.toThrow();
    for (const jobs of [[COMMAND], [HTTP, COMMAND], [COMMAND, HTTP]]) {
      expect(() => demandScopeForTargets(ALL_BUT_COMMANDS, ...jobs)).toThrow(
        expect.objectContaining(REFUSED),
      );
      expect(() => demandScopeForTargets(ALL, ...jobs)).not.toThrow();
    }
  });

  it('is needed to run one, also one that was deleted, and not to run calls', async () => {
    const run = (who: Principal, id: string) => demandScopeToRun(app.jobs, who, () => id);
    await expect(run(ALL_BUT_COMMANDS, command!.id)).rejects.toMatchObject(REFUSED);
    await expect(run(ALL, command!.id)).resolves.toBeUndefined();
    await expect(run(ALL_BUT_COMMANDS, http!.id)).resolves.toBeUndefined();
    await app.jobs.delete('default', command!.id, null);
    await expect(run(ALL_BUT_COMMANDS, command!.id)).rejects.toMatchObject(REFUSED);
  });

  it('says nothing of the jobs of others', async () => {
    const stranger = { ...ALL_BUT_COMMANDS, service: 'other' };
    await expect(demandScopeToRun(app.jobs, stranger, () => command!.id)).resolves.toBeUndefined();
  });
});
