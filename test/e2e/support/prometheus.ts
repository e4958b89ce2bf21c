import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../support/free-port.js';
import { waitFor } from '../../support/wait-for.js';

const RULES = path.resolve(import.meta.dirname, '../../../docker/prometheus/rules/*.yml');

/** Prometheus itself with this repository's rules, once a second, on processes at these addresses. */
export class PrometheusServer {
  private constructor(
    private readonly server: ChildProcess,
    private readonly folder: string,
    private readonly url: string,
  ) {}

  /** @param targets addresses by job */
  static async start(targets: Readonly<Record<string, string>>): Promise<PrometheusServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'prometheus-'));
    const config = path.join(folder, 'prometheus.json');
    writeFileSync(config, JSON.stringify(configFor(targets)));
    const address = `127.0.0.1:${await freePort()}`;
    const flags = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`];
    const server = spawn('prometheus', [...flags, `--web.listen-address=${address}`], { stdio: 'ignore' });
    const started = new PrometheusServer(server, folder, `http://${address}`);
    await waitFor(async () => (await fetch(`http://${address}/-/ready`)).ok, {
      timeoutMs: 30_000,
      describe: 'Prometheus to be ready',
    });
    return started;
  }

  /** How many series an expression has now. */
  async seriesOf(expr: string): Promise<number> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { data } = (await response.json()) as { data: { result: unknown[] } };
    return data.result.length;
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'exit');
    this.server.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function configFor(targets: Readonly<Record<string, string>>): object {
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [RULES],
    scrape_configs: Object.entries(targets).map(([job, url]) => ({
      job_name: job,
      static_configs: [{ targets: [new URL(url).host] }],
    })),
  };
}
