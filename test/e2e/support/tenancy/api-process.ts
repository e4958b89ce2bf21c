import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database.js';
import { FleetProcess } from '../fleet/fleet-process.js';
import { THIS_CODE } from '../fleet/fleet.js';

const CREATE_KEY = path.join(THIS_CODE, 'dist/apps/api/src/create-key/main.js');
const PEPPER = 'the pepper of the tests, 32 bytes and more';

/** One api with access control and no worker: nothing changes but by requests. */
export class ApiProcess {
  private constructor(
    readonly database: TestDatabase,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly api: FleetProcess,
  ) {}

  static async start(): Promise<ApiProcess> {
    const database = await createTestDatabase();
    const environment = {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      QUEUE_DATABASE_URL: database.queueUrl,
      QUEUE_BACKEND: 'postgres',
      AUTH_MODE: 'api-key',
      API_KEY_PEPPER: PEPPER,
      SECRETS_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
      LOG_LEVEL: 'WARN',
    };
    try {
      return new ApiProcess(database, environment, await FleetProcess.start(THIS_CODE, 'api', environment));
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  get url(): string {
    return this.api.url;
  }

  /** The way in that operators have for a service's first key, which makes the service too. */
  async createKey(service: string, ...more: string[]): Promise<string> {
    const args = [CREATE_KEY, '--service', service, '--role', 'admin', ...more];
    const env = { PATH: process.env.PATH ?? '', ...this.environment };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return stdout.trim();
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.database.drop();
  }
}
