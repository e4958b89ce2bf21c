/** One api with access control and one worker, on a database of their own, as a deployment has them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { anyFreePort } from '../../dist/apps/standalone/src/ports.js';
import { root } from '../../scripts/setup.mjs';

const WORKER_CONCURRENCY = '50';

export class Site {
  static async start(backend, env) {
    const site = new Site();
    site.environment = await environmentOf(backend, env);
    site.apps = [];
    site.apiUrl = await site.#add('api', 'PORT');
    site.workerUrl = await site.#add('worker', 'WORKER_PORT');
    return site;
  }

  async clientOf(service) {
    const script = path.join(root, 'dist/apps/api/src/create-key/main.js');
    const args = [script, '--service', service, '--role', 'admin'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: this.environment });
    return clientWith(this.apiUrl, stdout.trim());
  }

  async isWell() {
    const answers = await Promise.all(
      [this.apiUrl, this.workerUrl].map((url) => fetch(`${url}/health/ready`).catch(() => ({ ok: false }))),
    );
    return answers.every(({ ok }) => ok) && this.apps.every(({ exitCode }) => exitCode === null);
  }

  /** Of all runs. */
  async states() {
    const client = new pg.Client(this.environment.DATABASE_URL);
    await client.connect();
    const sql = 'SELECT service, state, count(*)::int AS runs FROM executions GROUP BY 1, 2 ORDER BY 1, 2';
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  }

  async stop() {
    const exits = this.apps.map((app) => once(app, 'exit'));
    for (const app of this.apps) app.kill('SIGTERM');
    await Promise.all(exits);
  }

  async #add(kind, portName) {
    const port = String(await anyFreePort());
    const app = spawn(process.execPath, [path.join(root, 'dist/apps', kind, 'src/main.js')], {
      env: { ...this.environment, [portName]: port },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.apps.push(app);
    const url = `http://127.0.0.1:${port}`;
    for (;;) {
      if (app.exitCode !== null) throw new Error(`The ${kind} ended.`);
      if (
        await fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return url;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Without rate limits, which would refuse two of three triggers: what stands behind them is what is looked at. */
async function environmentOf(backend, { TEST_DATABASE_URL, TEST_REDIS_URL }) {
  const admin = new pg.Client(TEST_DATABASE_URL);
  await admin.connect();
  await admin.query(`CREATE DATABASE burst_${backend} TEMPLATE scheduler_template`);
  await admin.query(`CREATE DATABASE burst_${backend}_queue TEMPLATE queue_template`);
  await admin.end();
  const database = (name) => Object.assign(new URL(TEST_DATABASE_URL), { pathname: `/${name}` }).href;
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'ERROR',
    DATABASE_URL: database(`burst_${backend}`),
    QUEUE_BACKEND: backend,
    ...(backend === 'redis'
      ? { REDIS_URL: TEST_REDIS_URL }
      : { QUEUE_DATABASE_URL: database(`burst_${backend}_queue`) }),
    API_KEY_PEPPER: 'the pepper of the burst, of 32 bytes and more',
    RATE_LIMIT_KEY_PER_MINUTE: '0',
    RATE_LIMIT_SERVICE_PER_MINUTE: '0',
    EGRESS_ALLOW: '127.0.0.0/8',
    WORKER_CONCURRENCY,
  };
}

function clientWith(url, key) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  return async (method, at, body) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url + at, { method, headers, body: method === 'GET' ? undefined : text });
    return { status: response.status, body: await response.json() };
  };
}
