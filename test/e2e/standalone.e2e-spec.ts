import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withCurl } from '../support/curl.js';
import { survivorsOf } from '../support/process-tree.js';
import { freePort } from '../support/free-port.js';
import { StandaloneProcess } from '../support/standalone-process.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(120_000);

describe('npm start', () => {
  const running: StandaloneProcess[] = [];
  let dataDir: string;
  let port: number;

  beforeAll(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'scheduler-standalone-'));
    // PostgreSQL runs as another user when the tests run as root.
    chmodSync(dataDir, 0o755);
  });

  afterEach(async () => {
    for (const standalone of running.splice(0)) await standalone.stop();
  });

  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  async function start(folder = dataDir): Promise<StandaloneProcess> {
    port = await freePort();
    const standalone = new StandaloneProcess(folder, port);
    running.push(standalone);
    return standalone;
  }

  async function startReady(): Promise<StandaloneProcess> {
    return (await start()).untilReady();
  }

  async function jobNames({ url }: StandaloneProcess): Promise<string[]> {
    const { items } = (await (await fetch(`${url}/jobs`)).json()) as { items: { name: string }[] };
    return items.map((job) => job.name);
  }

  describe('when all goes well', () => {
    withCurl(
      'prints a curl command that creates a job as it stands, and the job outlives a restart',
      async () => {
        const first = await startReady();
        const command = /^ +(curl .*)$/m.exec(first.output)?.[1] ?? '';
        const { name } = JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' })) as {
          name: string;
        };
        await first.stop();

        const second = await startReady();

        expect(await jobNames(second)).toContain(name);
      },
    );

    it('keeps the database password to its owner', () => {
      expect(statSync(path.join(dataDir, 'postgres-access.json')).mode & 0o777).toBe(0o600);
    });

    it('serves who sits at the machine, and no page that the browser there shows', async () => {
      const { url } = await startReady();
      const rebound = request(`${url}/docs`, { headers: { Host: `evil.example:${port}` } }).end();
      const [answer] = (await once(rebound, 'response')) as [IncomingMessage];
      answer.resume();
      const posted = await fetch(`${url}/jobs`, {
        method: 'POST',
        headers: { Origin: 'http://evil.example' },
      });
      expect([answer.statusCode, posted.status]).toEqual([403, 403]);
      const { status } = await fetch(`http://localhost:${port}/docs`, {
        headers: { Origin: `http://localhost:${port}` },
      });
      expect(status).toBe(200);
    });

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('leaves no process behind after %s', async (signal) => {
      const standalone = await startReady();
      const processes = standalone.processes();
      const askedAt = performance.now();

      expect(await standalone.stop(signal)).toBe(0);

      expect(performance.now() - askedAt).toBeLessThan(5_000);
      expect(processes.map(({ command }) => command).join('\n')).toMatch(
        /postgres -D[^]*apps\/api[^]*apps\/worker/,
      );
      expect(survivorsOf(processes)).toEqual([]);
    });

    it('leaves no process behind when it is stopped while it starts', async () => {
      const standalone = await start();
      await waitFor(() => standalone.processes().some(({ command }) => command.includes('postgres')));
      const processes = standalone.processes();

      expect(await standalone.stop()).toBe(0);

      expect(survivorsOf(processes)).toEqual([]);
      expect(standalone.output).not.toContain('Ready after');
    });
  });

  describe('when something is killed', () => {
    it.each(['api', 'worker'] as const)('starts a killed %s again', async (name) => {
      const standalone = await startReady();
      const killed = standalone.app(name)?.pid ?? 0;

      process.kill(killed, 'SIGKILL');

      const again = await waitFor(() => {
        const { pid } = standalone.app(name) ?? { pid: killed };
        return pid !== killed && pid;
      });
      expect(again).not.toBe(killed);
      expect(standalone.output).toContain(`${name} ended (signal SIGKILL); it starts again in 1 s.`);
      await waitFor(async () => (await fetch(`${standalone.url}/health/ready`)).ok);
    });

    it('takes everything with it when it is killed itself, and starts again on the same data', async () => {
      const standalone = await startReady();
      const before = await jobNames(standalone);
      const processes = standalone.processes();

      await standalone.stop('SIGKILL');

      await waitFor(() => survivorsOf(processes).length === 0, { describe: 'all processes to end' });
      expect(await jobNames(await startReady())).toEqual(before);
    });

    it('recovers from a postmaster.pid whose process is somebody else by now', async () => {
      const lines = [process.pid, path.join(dataDir, 'postgres'), 1, 5432, '', '127.0.0.1', '', 'ready', ''];
      writeFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), lines.join('\n'));

      const standalone = await startReady();

      expect((await fetch(`${standalone.url}/health/ready`)).status).toBe(200);
    });
  });

  describe('when it cannot start, says why and what to do in one line', () => {
    async function expectOneLine(standalone: StandaloneProcess, line: RegExp): Promise<void> {
      expect(await standalone.ended()).toBe(1);
      const lines = standalone.output.trim().split('\n');
      expect(lines).toEqual([expect.stringMatching(line)]);
    }

    it('a busy port', async () => {
      const standalone = await startBesideOccupant();
      await expectOneLine(
        standalone,
        new RegExp(`Port ${port} on 127.0.0.1 is in use.* PORT=\\d+ npm start`),
      );
    });

    async function startBesideOccupant(): Promise<StandaloneProcess> {
      const occupant = createServer();
      occupant.listen(0, '127.0.0.1');
      await once(occupant, 'listening');
      port = (occupant.address() as { port: number }).port;
      const standalone = new StandaloneProcess(dataDir, port);
      await standalone.ended();
      occupant.close();
      return standalone;
    }

    it('one port for both api and worker', async () => {
      const standalone = new StandaloneProcess(dataDir, port, { WORKER_PORT: String(port) });
      await expectOneLine(
        standalone,
        new RegExp(`^PORT and WORKER_PORT are both ${port},.*Leave WORKER_PORT out`),
      );
    });

    it('all that is wrong with the environment, a line each', async () => {
      const wrong = { PORT: 'http', WORKER_CONCURRENCY: '0', EGRESS_ALLOW: '10.0.0.0/8;localhost' };
      const standalone = new StandaloneProcess(dataDir, port, wrong);
      expect(await standalone.ended()).toBe(1);
      for (const name of Object.keys(wrong)) expect(standalone.output).toContain(`\n  ${name}: `);
      expect(standalone.output).not.toContain('DATABASE_URL');
    });

    it('a second one on the same data', async () => {
      await startReady();
      await expectOneLine(
        await start(),
        /already running on .* \(process \d+\).* DATA_DIR=\S+ PORT=\d+ npm start/,
      );
    });

    it('data of another PostgreSQL version', async () => {
      const folder = path.join(dataDir, 'older');
      mkdirSync(path.join(folder, 'postgres'), { recursive: true });
      writeFileSync(path.join(folder, 'postgres', 'PG_VERSION'), '17\n');

      await expectOneLine(
        await start(folder),
        /written by PostgreSQL 17, this release carries 18.*DATABASE_URL=/,
      );

      expect(readFileSync(path.join(folder, 'postgres', 'PG_VERSION'), 'utf8')).toBe('17\n');
    });

    it('a data folder that cannot be written', async () => {
      const file = path.join(dataDir, 'a-file');
      writeFileSync(file, '');

      // Below a file not even root can create a folder.
      await expectOneLine(
        await start(path.join(file, 'data')),
        /Cannot write .* \(ENOTDIR\).*DATA_DIR=\S+ npm start/,
      );
    });
  });
});
