import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadConfig, loadRunnerConfig } from '@app/platform/config';
import { exampleVariables, IMAGE, read, readYaml, root, sourceOf } from './repository-files.js';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly deploy?: { readonly replicas: number };
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly init?: boolean;
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly group_add?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const FILE = 'docker/docker-compose.yml';
const text = read(FILE);
const [compose] = readYaml<Compose>(FILE) as [Compose];
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === IMAGE);
const withStores = ours.filter(([name]) => name !== 'command-runner');

/** What has no default, and what an operator would set it to. */
const REQUIRED: Readonly<Record<string, string>> = {
  API_KEY_PEPPER: 'x'.repeat(44),
  METRICS_TOKEN: 'x'.repeat(64),
};

/** `${NAME:-default}` and `${NAME:?why it is needed}` as compose fills them in. */
function interpolate(value: string, env: Readonly<Record<string, string>> = {}): string {
  return value.replaceAll(/\$\{([A-Z_]+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) =>
    kind === '-' ? env[name] || rest : env[name] || (REQUIRED[name] ?? ''),
  );
}

function environmentOf(service: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const entries = Object.entries(compose.services[service]?.environment ?? {});
  const own = Object.fromEntries(entries.map(([name, value]) => [name, interpolate(value, env)]));
  return { NODE_ENV: 'production', HOST: '0.0.0.0', ...own };
}

describe('docker-compose.yml', () => {
  it('runs every role from one image that is built once', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'command-runner', 'migrate', 'worker']);
    expect(services.filter(([, { build }]) => build).map(([name]) => name)).toEqual(['migrate']);
    const { build } = compose.services.migrate as Service;
    expect(existsSync(path.join(root, 'docker', build!.context, build!.dockerfile))).toBe(true);
  });

  it('starts entries that are built from sources', () => {
    for (const [name, { command }] of ours) {
      const entry = command?.find((word) => word.startsWith('dist/')) ?? 'dist/apps/api/src/main.js';
      expect([name, existsSync(path.join(root, sourceOf(entry)))]).toEqual([name, true]);
    }
  });

  it.each(withStores.map(([name]) => name))(
    'gives %s variables that exist, and values that are allowed',
    (name) => {
      const unknown = Object.keys(compose.services[name]?.environment ?? {}).filter(
        (variable) => !(variable in exampleVariables),
      );
      expect(unknown).toEqual([]);
      expect(loadConfig(environmentOf(name))).toMatchObject({
        queueBackend: 'redis',
        redis: { host: 'redis', port: 6379 },
        authMode: 'api-key',
        metricsToken: REQUIRED.METRICS_TOKEN,
        commandTargets: 'disabled',
        logFormat: 'json',
      });
    },
  );

  it('has a command runner on request, which starts with what it has and shares a socket with the workers', () => {
    const { environment, networks, profiles, user, volumes } = compose.services['command-runner']!;
    expect(Object.keys(environment ?? {}).filter((name) => !(name in exampleVariables))).toEqual([]);
    const { socketPath } = loadRunnerConfig(environmentOf('command-runner'));
    expect({ networks, profiles }).toEqual({ networks: ['default'], profiles: ['commands'] });
    expect(volumes).toContain('command-runner:/run/commands');
    expect(path.dirname(socketPath)).toBe('/run/commands');
    const { worker } = compose.services;
    expect(worker?.volumes).toContain('command-runner:/run/commands');
    expect(user?.split(':')[1]).toBe(worker?.group_add?.[0]);
  });

  it('gives what encrypts secrets to who keeps and who fills them in', () => {
    const holders = services.filter(([, { environment }]) => environment && 'SECRETS_KEYS' in environment);
    expect(holders.map(([name]) => name)).toEqual(['api', 'worker']);
  });

  it.each(['API_KEY_PEPPER', 'API_KEY_PEPPER_PREVIOUS'])('gives %s to the api alone', (pepper) => {
    const holders = services.filter(([, { environment }]) => environment && pepper in environment);
    expect(holders.map(([name]) => name)).toEqual(['api']);
    expect(loadConfig(environmentOf('api')).apiKeyPepper).toBe(REQUIRED.API_KEY_PEPPER);
  });

  it('is driven by a copy of .env.example', () => {
    const env = { ...exampleVariables, LOG_LEVEL: 'DEBUG', WORKER_CONCURRENCY: '32' } as Record<
      string,
      string
    >;
    expect(loadConfig(environmentOf('worker', env))).toMatchObject({
      logLevel: 'DEBUG',
      workerConcurrency: 32,
    });
  });

  it('passes on every variable but those it fixes, and its head says which those are', () => {
    const notes = text.slice(0, text.indexOf('Known to this file only'));
    const isFixed = (name: string) =>
      notes.includes(name) ||
      ['REDIS_', 'QUEUE_'].some((start) => name.startsWith(start) && notes.includes(`${start}*`));
    const passedOn = services.flatMap(([, { environment }]) => Object.entries(environment ?? {}));
    const taken = passedOn.filter(([name, value]) => value.startsWith(`\${${name}:`)).map(([name]) => name);
    const dropped = Object.keys(exampleVariables).filter((name) => !taken.includes(name) && !isFixed(name));
    expect(dropped).toEqual([]);
  });

  it('explains each variable of its own', () => {
    const used = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name);
    const notes = text.slice(0, text.indexOf('name: job-scheduler'));
    const unexplained = used.filter((name) => !(name in exampleVariables) && !notes.includes(`#   ${name} `));
    expect(unexplained).toEqual([]);
  });

  it('publishes on the loopback address only, and no store at all', () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => ({ name, port })));
    expect(published.map(({ name }) => name).sort()).toEqual(['gateway', 'grafana', 'prometheus']);
    for (const { port } of published) expect(interpolate(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(compose.networks.data).toEqual({ internal: true });
    for (const store of ['postgres', 'redis']) expect(compose.services[store]?.networks).toEqual(['data']);
  });

  it('lets api and worker wait for stores that are ready and a migration that is done', () => {
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]?.depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
    }
  });

  it('checks the health of everything that stays, and restarts it', () => {
    for (const [name, { healthcheck, restart, image }] of services) {
      if (name === 'migrate') continue;
      // The api's is the image's own.
      if (!(image === IMAGE && name === 'api'))
        expect([name, healthcheck?.test]).toEqual([name, expect.any(Array)]);
      expect([name, restart]).toEqual([name, 'unless-stopped']);
    }
  });

  it('checks the worker on the port it has', () => {
    expect(compose.services.worker?.healthcheck?.test).toEqual([
      'CMD',
      'node',
      'healthcheck.mjs',
      exampleVariables.WORKER_PORT,
    ]);
  });

  it('takes our processes every right they do not need', () => {
    for (const [name, { read_only, cap_drop, init }] of ours)
      expect({ name, read_only, cap_drop, init }).toEqual({
        name,
        read_only: true,
        cap_drop: ['ALL'],
        init: true,
      });
  });

  it('gives the worker longer to stop than it may take to drain', () => {
    const graceSeconds = Number.parseInt(compose.services.worker?.stop_grace_period ?? '0', 10);
    const { drainTimeoutMs } = loadConfig(environmentOf('worker'));
    expect(graceSeconds).toBeGreaterThanOrEqual(drainTimeoutMs / 1_000 + 10);
  });

  it('starts two of each, and Prometheus with the rules of this repository', () => {
    for (const name of ['api', 'worker'])
      expect([name, compose.services[name]?.deploy]).toEqual([name, { replicas: 2 }]);
    expect(compose.services.prometheus?.volumes).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\.\/prometheus\/rules:\/etc\/prometheus\/rules:ro$/)]),
    );
    expect(compose.services.postgres?.image).toBe('postgres:18');
  });

  it('keeps Redis from throwing entries away', () => {
    const command = compose.services.redis?.command?.join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });

  it('mounts files that exist and volumes that are declared', () => {
    for (const mount of services.flatMap(([, { volumes = [] }]) => volumes)) {
      const [source = ''] = mount.split(':');
      const exists = source.startsWith('.')
        ? existsSync(path.join(root, 'docker', source))
        : source in compose.volumes;
      expect([source, exists]).toEqual([source, true]);
    }
  });

  it('has a gateway that asks the api where it listens', () => {
    expect(read('docker/gateway/nginx.conf')).toContain(`http://api:${exampleVariables.PORT};`);
  });
});
