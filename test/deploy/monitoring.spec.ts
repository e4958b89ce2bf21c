import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promtool, withPromtool } from '../support/promtool.js';
import { knownMetrics, metricsIn } from './known-metrics.js';
import { exampleVariables, filesBelow, read, readYaml } from './repository-files.js';

interface Target {
  readonly expr: string;
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[];
}

interface PrometheusConfig {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
  }[];
}

const dashboards = filesBelow('docker/grafana/dashboards', '.json').map(
  (file) => [file, JSON.parse(read(file)) as Dashboard] as const,
);
const queries = dashboards.flatMap(([file, { panels }]) =>
  panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`${file}: ${title}`, expr] as const)),
);

/** promtool opens what it checks by name, which a pipe of ours has none of. */
function checkRules(expressions: readonly string[]) {
  const rules = expressions.map((expr, index) => ({ record: `query:${index}`, expr }));
  const folder = mkdtempSync(path.join(tmpdir(), 'rules-'));
  const file = path.join(folder, 'rules.yml');
  try {
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    return promtool(['check', 'rules', '--lint=none', file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('dashboards', () => {
  it('are found', () => {
    expect(queries.length).toBeGreaterThan(10);
  });

  it.each(queries)('%s asks for metrics that exist', (_panel, expr) => {
    const names = metricsIn(expr);
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !knownMetrics.has(name))).toEqual([]);
  });

  withPromtool('are PromQL', () => {
    const expressions = queries.map(([, expr]) =>
      expr.replaceAll('$__rate_interval', '1m').replaceAll('$service', '.*'),
    );
    expect(checkRules(expressions)).toMatchObject({ status: 0 });
  });
});

describe('prometheus.yml', () => {
  const FILE = 'docker/prometheus/prometheus.yml';

  it('scrapes every api and worker where they listen', () => {
    const [{ scrape_configs: jobs }] = readYaml<PrometheusConfig>(FILE) as [PrometheusConfig];
    const targets = jobs.flatMap(({ job_name, dns_sd_configs }) =>
      dns_sd_configs.map(({ names, port }) => ({ job_name, names, port })),
    );
    expect(targets).toEqual([
      { job_name: 'api', names: ['api'], port: Number(exampleVariables.PORT) },
      { job_name: 'worker', names: ['worker'], port: Number(exampleVariables.WORKER_PORT) },
    ]);
  });

  withPromtool('is a configuration of Prometheus', () => {
    // Its syntax: the token's file is there in the container only, and alerts.spec.ts checks the rules.
    expect(promtool(['check', 'config', '--syntax-only', FILE])).toMatchObject({ status: 0 });
  });
});

describe('Grafana', () => {
  it('finds its source and its dashboards where compose mounts them', () => {
    const [sources] = readYaml<{ datasources: { uid: string; url: string }[] }>(
      'docker/grafana/provisioning/datasources/prometheus.yml',
    );
    expect(sources?.datasources).toMatchObject([{ uid: 'prometheus', url: 'http://prometheus:9090' }]);
    const [providers] = readYaml<{ providers: { options: { path: string } }[] }>(
      'docker/grafana/provisioning/dashboards/files.yml',
    );
    const folder = providers?.providers[0]?.options.path;
    expect(read('docker/docker-compose.yml')).toContain(`./grafana/dashboards:${folder}:ro`);
    for (const [, dashboard] of dashboards)
      expect(JSON.stringify(dashboard)).not.toMatch(/"uid":"(?!prometheus|job-)/);
  });
});
