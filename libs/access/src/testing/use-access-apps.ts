import { afterAll, beforeAll } from '@jest/globals';
import { planTestDatabase } from '../../../../test/support/test-database.js';
import { type AccessApp, startAccessApp } from './access-app.js';

/** Functions and not methods: each file takes them by their names. */
export interface AccessApps {
  /** One process of the api more. */
  readonly startApp: (env?: NodeJS.ProcessEnv) => Promise<AccessApp>;
  /** For a file that has many of them and needs none in its next test. */
  readonly closeApps: () => Promise<void>;
}

/** On a machine that is busy with other tests. */
export const START_TIMEOUT_MS = 60_000;

/** Apps on one database of this file's own; what is left of them is closed after the last test, and the database goes. */
export function useAccessApps(): AccessApps {
  const database = planTestDatabase();
  const apps: AccessApp[] = [];
  let created: Promise<void>;

  const startApp = async (env?: NodeJS.ProcessEnv): Promise<AccessApp> => {
    // An app waits for minutes for a database that could not be created.
    await created;
    const app = await startAccessApp(database.url, env);
    apps.push(app);
    return app;
  };

  const closeApps = async (): Promise<void> => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  };

  beforeAll(() => (created = database.create()), START_TIMEOUT_MS);

  afterAll(async () => {
    await closeApps();
    await database.drop();
  });

  return { startApp, closeApps };
}
