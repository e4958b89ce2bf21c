import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database.js';
import { waitFor } from '../../../support/wait-for.js';

const DIST = path.resolve(import.meta.dirname, '../../../../dist/apps/api/src');
const PEPPER = 'the pepper of the tests, 32 bytes and more';

/** One api with access control and no worker: nothing changes but by requests. */
export class ApiProcess {
  private constructor(
    readonly url: string,
    readonly database: TestDatabase,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<ApiProcess> {
    const database = await createTestDatabase();
    const port = await freePort();
    const environment = {
      ...process.env,
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      QUEUE_DATABASE_URL: database.queueUrl,
      QUEUE_BACKEND: 'postgres',
      AUTH_MODE: 'api-key',
      API_KEY_PEPPER: PEPPER,
      SECRETS_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
      LOG_LEVEL: 'WARN',
      PORT: String(port),
    };
    const child = spawn(process.execPath, [path.join(DIST, 'main.js')], {
      env: environment,
      stdio: 'inherit',
    });
    const url = `http://127.0.0.1:${port}`;
    await waitFor(async () => (await fetch(`${url}/health/ready`).catch(() => null))?.ok, {
      timeoutMs: 60_000,
      describe: 'the api to be ready',
    });
    return new ApiProcess(url, database, environment, child);
  }

  /** The way in that operators have for a service's first key, which makes the service too. */
  async createKey(service: string, ...more: string[]): Promise<string> {
    const args = [path.join(DIST, 'create-key/main.js'), '--service', service, '--role', 'admin', ...more];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: this.environment });
    return stdout.trim();
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
    await this.database.drop();
  }
}
