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
  readonly log: (line: string) => void;
}

/** Restarts by itself when it ends. */
export interface PostgresServer {
  url(database: string): string;
  stop(): Promise<void>;
}
