import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';

const ROOT = path.dirname(path.dirname(import.meta.dirname));
const PEPPER = 'the pepper of this test, of 32 bytes and more';
/** Where nobody listens. */
const NOBODY = 'postgresql://postgres@127.0.0.1:1/scheduler';

jest.setTimeout(60_000);

interface Said {
  readonly code: number | null;
  readonly output: string;
}

/** A folder as `npm start` leaves it: no DATABASE_URL, and in `.data` how to reach its server. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scheduler-commands-'));
  const { port, password } = new URL(process.env.TEST_DATABASE_URL ?? '');
  mkdirSync(path.join(folder, '.data'));
  const access = { port: Number(port), password: decodeURIComponent(password) };
  writeFileSync(path.join(folder, '.data', 'postgres-access.json'), JSON.stringify(access));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  const server = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await server.connect();
  for (const name of ['scheduler', 'scheduler_queue']) await server.query(`DROP DATABASE IF EXISTS ${name}`);
  await server.end();
});

function run(line: string, env: NodeJS.ProcessEnv = {}): Said {
  const [script = '', ...args] = line.split(' ');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'scripts', script), ...args],
    { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, ...env } },
  );
  return { code: status, output: stdout + stderr };
}

describe('a command without DATABASE_URL', () => {
  it.each([
    ['migrate.mjs run', /^Applied InitialSchema/],
    ['migrate.mjs run', /^The schema is up to date\./],
    ['rotate-secrets.mjs', /^Rewrapped 0\./],
    ['seed.mjs --jobs 3', /Seeded 3 jobs/],
    ['create-key.mjs --service payments --role admin', /^\S+\nKey \S+ of the service payments/],
    ['migrate.mjs revert', /^Reverted /],
  ])('works in the database that `npm start` runs: %s', (line, said) => {
    const { code, output } = run(line, { API_KEY_PEPPER: PEPPER });
    expect(output).toMatch(said);
    expect(code).toBe(0);
  });
});

describe('npm run key:create', () => {
  it.each([
    ['', '--service is missing.'],
    ['--service payments', '--role or --scopes is missing.'],
    ['--service Pay.ments', '--service Pay.ments: allowed are a-z, 0-9 and dashes inside, up to 63.'],
  ])('says what is wrong with its arguments and how to use it: %s', (args, said) => {
    const { code, output } = run(`create-key.mjs ${args}`.trim());
    expect(output).toMatch(`${said}\nUsage: npm run key:create -- --service payments --role admin`);
    expect(code).toBe(1);
  });

  it('says that there is no pepper, and where it goes', () => {
    const { code, output } = run('create-key.mjs --service payments --role admin');
    expect(output).toMatch(/^API_KEY_PEPPER is not set.*\.env[^]*AUTH_MODE=api-key[^]*start the api again/);
    expect(code).toBe(1);
  });
});

describe('a command whose database does not answer', () => {
  it.each([
    'migrate.mjs run',
    'migrate.mjs revert',
    'migrate.mjs generate add-something',
    'rotate-secrets.mjs',
    'seed.mjs --jobs 3',
    'create-key.mjs --service payments --role admin',
  ])('says so and why, in one line: %s', (line) => {
    const { code, output } = run(line, { DATABASE_URL: NOBODY, API_KEY_PEPPER: PEPPER });
    expect(output).toMatch(
      /^The server of DATABASE_URL does not answer: connect ECONNREFUSED 127\.0\.0\.1:1\. .*\n$/,
    );
    expect(code).toBe(1);
  });
});
