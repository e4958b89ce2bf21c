import { StartupFault } from '@app/platform/lifecycle';
import { appProcess } from './app-process.js';
import { banner } from './banner.js';
import { prepareDataDir } from './data-dir.js';
import { lockDataDir } from './instance-lock.js';
import { firstFreePort, isPort, requireFreePort } from './ports.js';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { prepareDatabases } from './prepare.js';
import { secretsKeysIn } from './secrets-keys.js';
import { listenForStop } from './stop-request.js';
import { Teardown } from './teardown.js';
import {
  appEnvironment,
  type Environment,
  localUrl,
  readSettings,
  type StandaloneSettings,
  withoutEmpty,
} from './settings.js';

/** How long the children of a killed predecessor may hold on to their ports. */
const PREDECESSOR_PATIENCE_MS = 10_000;
const DEFAULT_WORKER_PORT = 3_001;

const report = (line: string) => console.log(line);

/** The whole service on this machine, from the data folder up. Returns when it was asked to stop and has stopped. */
export async function runStandalone(processEnv: Environment): Promise<void> {
  const startedAt = performance.now();
  const env = withoutEmpty(processEnv);
  const settings = readSettings(env);
  const teardown = new Teardown();
  const stop = listenForStop(() => teardown.kill());
  try {
    const appEnv = await startAll(env, settings, teardown, stop.signal);
    report(banner(settings, appEnv, performance.now() - startedAt));
    await stop.received;
  } catch (error) {
    // A start that was interrupted has not failed.
    if (!stop.signal.aborted) throw error;
  } finally {
    if (stop.signal.aborted) report('Stopping …');
    await teardown.stop();
  }
}

/** @returns the environment of the apps that run now. */
async function startAll(
  env: Environment,
  settings: StandaloneSettings,
  teardown: Teardown,
  signal: AbortSignal,
): Promise<Environment> {
  const usesDataDir = settings.databaseUrl === undefined;
  const recovered = usesDataDir && (await claimDataDir(settings, teardown));
  const workerPort = await choosePorts(settings, recovered ? PREDECESSOR_PATIENCE_MS : 0);
  const databaseUrl = settings.databaseUrl ?? (await startDatabase(settings, teardown, signal));
  const secretsKeys = usesDataDir ? await secretsKeysIn(settings.dataDir) : undefined;
  const appEnv = appEnvironment(env, settings, { databaseUrl, workerPort, secretsKeys });
  await prepareDatabases(appEnv);
  signal.throwIfAborted();
  await startApps(settings, appEnv, teardown, signal);
  return appEnv;
}

/** @returns whether the previous owner was killed, so that its children may still be on their way out. */
async function claimDataDir({ dataDir }: StandaloneSettings, teardown: Teardown): Promise<boolean> {
  await prepareDataDir(dataDir);
  const lock = await lockDataDir(dataDir);
  teardown.add({ stop: lock.release });
  return lock.recovered;
}

/**
 * What is no port is left for the apps to refuse.
 * @returns the worker's port. The api's is in bookmarks and scripts, so it is never moved silently.
 */
async function choosePorts(settings: StandaloneSettings, patienceMs: number): Promise<number> {
  const { host, port, workerPort } = settings;
  if (!isPort(port) || (workerPort !== undefined && !isPort(workerPort))) return DEFAULT_WORKER_PORT;
  if (port === workerPort)
    throw new StartupFault(
      `PORT and WORKER_PORT are both ${port}, but api and worker are two processes here. Leave WORKER_PORT out, or choose another.`,
    );
  await requireFreePort('PORT', port, host, patienceMs);
  if (workerPort === undefined) return firstFreePort(port + 1, host);
  await requireFreePort('WORKER_PORT', workerPort, host, patienceMs);
  return workerPort;
}

async function startDatabase(
  { dataDir }: StandaloneSettings,
  teardown: Teardown,
  signal: AbortSignal,
): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir, report }, signal);
  teardown.add(postgres);
  return postgres.url('scheduler');
}

async function startApps(
  { host, port }: StandaloneSettings,
  env: Environment,
  teardown: Teardown,
  signal: AbortSignal,
): Promise<void> {
  const api = appProcess({ name: 'api', url: localUrl(host, port), env, report });
  const worker = appProcess({ name: 'worker', url: localUrl(host, Number(env.WORKER_PORT)), env, report });
  teardown.add(api, worker);
  await Promise.all([api.start(signal), worker.start(signal)]);
}
