import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { stopWithUs } from '../stop-with-us.js';
import { SupervisedProcess } from '../supervised-process.js';
import { databaseUrl, loadAccess } from './access.js';
import { locateBinaries } from './binaries.js';
import { prepareCluster } from './cluster.js';
import { clearLeftover, readPostmaster } from './postmaster-file.js';
import { stepDown } from './unprivileged.js';

export interface EmbeddedPostgresOptions {
  /** An existing folder; the cluster goes into `postgres` below it, its log and its password beside that. */
  readonly dataDir: string;
  /** Further server settings, stronger than ours. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}

/** A PostgreSQL server of our own, ready for connections and restarted when it crashes. */
export interface EmbeddedPostgres {
  url(database: string): string;
  stop(): Promise<void>;
  kill(): void;
}

/** Modest memory, room for the connection pools of several processes, TCP on loopback only. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** A clean shutdown is worth some waiting: after SIGKILL the next start has to replay the log. */
const STOP_GRACE_MS = 15_000;

export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  signal: AbortSignal,
): Promise<EmbeddedPostgres> {
  const binaries = await locateBinaries();
  const cluster = path.join(options.dataDir, 'postgres');
  await clearLeftover(cluster);
  const unprivileged = stepDown([binaries.postgres, options.dataDir]);
  const access = await loadAccess(options.dataDir);
  await prepareCluster(cluster, access.password, binaries, unprivileged);

  const settings = { ...SETTINGS, ...options.settings, port: String(access.port) };
  const [program, args, spawnOptions] = unprivileged.command(
    binaries.postgres,
    serverArguments(cluster, settings),
  );
  const server = superviseServer(cluster, options, (stderr) =>
    // A session of its own: Ctrl-C in the terminal must reach the apps first, and the database last.
    spawn(program, args, { ...spawnOptions, detached: true, stdio: ['ignore', 'ignore', stderr] }),
  );
  await startOrStop(server, signal);
  return {
    url: (database) => databaseUrl(access, database),
    stop: () => server.stop(),
    kill: () => server.kill(),
  };
}

function serverArguments(cluster: string, settings: Readonly<Record<string, string>>): string[] {
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Its log is a file rather than a pipe to us: the server can still write it when we are gone. */
function superviseServer(
  cluster: string,
  options: EmbeddedPostgresOptions,
  spawnServer: (stderr: number) => ChildProcess,
): SupervisedProcess {
  const log = path.join(options.dataDir, 'postgres.log');
  let pid: number | undefined;
  return new SupervisedProcess({
    name: 'postgres',
    launch: () => {
      const server = withLog(log, spawnServer);
      pid = server.pid;
      stopWithUs(server);
      return server;
    },
    isReady: async () => {
      const postmaster = await readPostmaster(cluster);
      return postmaster?.pid === pid && postmaster?.status === 'ready';
    },
    outputAt: log,
    stopSignal: 'SIGINT',
    graceMs: STOP_GRACE_MS,
    report: options.report,
  });
}

function withLog(log: string, spawnServer: (stderr: number) => ChildProcess): ChildProcess {
  const stderr = openSync(log, 'w');
  try {
    return spawnServer(stderr);
  } finally {
    closeSync(stderr);
  }
}

async function startOrStop(server: SupervisedProcess, signal: AbortSignal): Promise<void> {
  try {
    await server.start(signal);
  } catch (error) {
    await server.stop();
    throw error;
  }
}
