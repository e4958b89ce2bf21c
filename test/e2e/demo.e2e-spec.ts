import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const DEMO = path.join(path.dirname(path.dirname(import.meta.dirname)), 'scripts', 'demo.mjs');
const KEY = 'a-key-of-this-test';

jest.setTimeout(30_000);

/** With access control, and without room for jobs: the demo ends at the first answer that is of interest here. */
let service: Server;
let folder: string;

beforeAll(async () => {
  service = createServer((request, response) => {
    request.resume();
    response.statusCode =
      request.url === '/health/ready' ? 200 : request.headers.authorization === `Bearer ${KEY}` ? 409 : 401;
    response.end('{"code":"quota_exceeded"}');
  });
  service.listen(0, '127.0.0.2');
  await once(service, 'listening');
  folder = mkdtempSync(path.join(tmpdir(), 'scheduler-demo-'));
  writeFileSync(
    path.join(folder, '.env'),
    `HOST=127.0.0.2\nPORT=${(service.address() as AddressInfo).port}\n`,
  );
});

afterAll(() => {
  service.close();
  service.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

async function demo(env: NodeJS.ProcessEnv): Promise<string> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [DEMO], {
    cwd: folder,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  await once(child, 'close');
  return output;
}

describe('npm run demo', () => {
  it('finds the service where .env says that it is, and says how to give the key that it asks for', async () => {
    expect(await demo({})).toMatch(/^The service has access control \(401\)[^]*export KEY=.*key:create/);
  });

  it('presents the key in KEY', async () => {
    expect(await demo({ KEY })).toBe('POST /jobs answered 409: {"code":"quota_exceeded"}\n');
  });

  it('says that it is the key which is not taken', async () => {
    expect(await demo({ KEY: 'another' })).toMatch(/^The service does not take the API key in .* KEY/);
  });
});
