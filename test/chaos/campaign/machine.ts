import type { ChildProcess } from 'node:child_process';

/** What scripts/chaos.mjs lends from the product's own tooling: how an embedded PostgreSQL is started, how databases are prepared. */
export interface Machine {
  /** A built product of the campaign's own: others may rebuild `dist/` meanwhile, and mutants change it. */
  readonly dist: string;
  readonly folder: string;
  readonly startPostgres: (dataDir: string) => Promise<PostgresServer>;
  readonly prepareDatabases: (environment: Readonly<Record<string, string>>) => Promise<void>;
  /** Ends the server when this process is killed. */
  readonly stopWithUs: (server: ChildProcess) => void;
  /** A file system of that size below `folder`; null where this user may not mount one. */
  readonly mountTmpfs: (name: string, megabytes: number) => Promise<string | null>;
  /** Once nothing runs on them any more. */
  readonly unmountAll: () => Promise<void>;
  /** libfaketime, for LD_PRELOAD; null where it is not installed. */
  readonly clockLibrary: () => Promise<string | null>;
  readonly log: (line: string) => void;
}

/** Restarts by itself when it ends. */
export interface PostgresServer {
  url(database: string): string;
  stop(): Promise<void>;
}
