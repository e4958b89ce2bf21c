/** The servers of one run, and for each measurement fresh databases, an empty Redis and a process of its own. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { Redis } from 'ioredis';
import { copyCode } from './code.mjs';
import { runContestant } from './contestant-process.mjs';
import { startServers } from './servers.mjs';
import { resetStatements, writeStatements } from './statements.mjs';

export class Stage {
  #kept = new Map();
  #count = 0;

  static async open({ fsync, profile }) {
    const stage = new Stage();
    stage.profile = profile;
    stage.stopping = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stage.stopping.abort());
    stage.dist = await copyCode();
    stage.servers = await startServers({
      signal: stage.stopping.signal,
      fsync,
      profiling: profile !== null,
    });
    stage.adminUrl = stage.servers.urlOf('postgres');
    stage.admin = new pg.Client({ connectionString: stage.adminUrl });
    await stage.admin.connect();
    return stage;
  }

  /** Runs a contestant once. With `keep` its database stays from round to round, and `prepare` runs once. */
  async measure(key, contestant) {
    const prepare = Boolean(contestant.keep) && !this.#kept.has(key);
    const database = this.#kept.get(key) ?? (await this.#createDatabases());
    if (contestant.keep) this.#kept.set(key, database);
    await this.#clear();
    const profile = this.profile && path.join(this.profile, key);
    if (profile) await mkdir(profile, { recursive: true });
    try {
      return await runContestant({
        module: contestant.module,
        options: contestant.options ?? {},
        prepare,
        profile,
        env: this.#environment(database),
        signal: this.stopping.signal,
      });
    } finally {
      if (profile) await writeStatements(this.admin, path.join(profile, 'statements.txt'));
      if (!contestant.keep) await this.#dropDatabases(database);
    }
  }

  /** Drops what a suite kept. */
  async forget(suite) {
    for (const [key, database] of this.#kept) {
      if (!key.startsWith(`${suite}-`)) continue;
      await this.#dropDatabases(database);
      this.#kept.delete(key);
    }
  }

  async close() {
    await this.admin.end();
    await this.servers.stop();
  }

  async #createDatabases() {
    const name = `bench_${++this.#count}`;
    await this.admin.query(`CREATE DATABASE ${name} TEMPLATE scheduler_template`);
    await this.admin.query(`CREATE DATABASE ${name}_queue TEMPLATE queue_template`);
    return name;
  }

  async #dropDatabases(name) {
    await this.admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.admin.query(`DROP DATABASE IF EXISTS ${name}_queue WITH (FORCE)`);
  }

  /** Nobody pays for what the one before left to be written. */
  async #clear() {
    const redis = new Redis(this.servers.redisUrl);
    await redis.flushall();
    await redis.quit();
    await this.admin.query('CHECKPOINT');
    if (this.profile) await resetStatements(this.admin);
  }

  #environment(database) {
    return {
      DATABASE_URL: this.servers.urlOf(database),
      QUEUE_DATABASE_URL: this.servers.urlOf(`${database}_queue`),
      REDIS_URL: this.servers.redisUrl,
      AUTH_MODE: 'none',
      LOG_LEVEL: 'ERROR',
      BENCH_DIST: this.dist,
    };
  }
}
