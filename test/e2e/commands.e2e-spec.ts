import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '../support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** As an image has them, which has nothing but dist, and as npm runs them. */
const ROTATE = [['dist/apps/api/src/rotate-secrets/main.js'], ['scripts/rotate-secrets.mjs']];
const REVERT = [['dist/apps/standalone/src/revert-migration.js'], ['scripts/migrate.mjs', 'revert']];

jest.setTimeout(60_000);

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(command: readonly string[], variables: Record<string, string> = {}): Promise<Ended> {
  const [script = '', ...args] = command;
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: database.url, ...variables };
  const options = { cwd: tmpdir(), env };
  return promisify(execFile)(process.execPath, [path.join(ROOT, script), ...args], options).then(
    (output) => ({ ...output, code: 0 }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

describe.each(ROTATE)('the rotation of the keys of secrets by %j', (...command) => {
  const keys = () => ({ SECRETS_KEYS: `new:${randomBytes(32).toString('base64')}` });

  it('says how many it has put under the first key', async () => {
    expect(await run(command, keys())).toEqual({ code: 0, stdout: 'Rewrapped 0.\n', stderr: '' });
  });

  it('fails and names what no key opens', async () => {
    await client.query(
      `INSERT INTO secrets (service, name, key_id, wrapped_key, ciphertext) VALUES ('default', 'LOST', 'gone', '', '')`,
    );
    expect(await run(command, keys())).toEqual({
      code: 1,
      stdout: 'Rewrapped 0.\n',
      stderr: 'No key of SECRETS_KEYS opens secret/default/LOST.\n',
    });
    await client.query(`DELETE FROM secrets`);
  });

  it('fails in a line where there are no keys', async () => {
    const { code, stderr } = await run(command);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^.*SECRETS_KEYS.*\n$/)]);
  });
});

describe.each(REVERT)('the way back from a migration by %j', (...command) => {
  const newest = async () => {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY id');
    return rows.at(-1)?.name;
  };

  it('takes the newest one back, and says which', async () => {
    const before = await newest();
    expect(await run(command)).toEqual({ code: 0, stdout: `Reverted ${before}.\n`, stderr: '' });
    expect(await newest()).not.toBe(before);
  });
});

describe.each([...ROTATE, ...REVERT])('%s', (...command) => {
  it('fails in a line where no database answers', async () => {
    const variables = {
      DATABASE_URL: `postgresql://postgres@localhost:${await freePort()}/nothing`,
      SECRETS_KEYS: `new:${randomBytes(32).toString('base64')}`,
    };
    const { code, stderr } = await run(command, variables);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^.*ECONNREFUSED.*\n$/)]);
  });
});
