import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '@app/platform/config';
import {
  exampleVariables,
  filesBelow,
  IMAGE,
  manifest,
  read,
  readYaml,
  root,
  sourceOf,
} from './repository-files.js';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly env: readonly {
    readonly name: string;
    readonly valueFrom: {
      readonly secretKeyRef: { readonly name: string; readonly key: string; readonly optional?: boolean };
    };
  }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly resources: { readonly requests: object; readonly limits: { readonly memory: string } };
  readonly securityContext: object;
}

interface PodSpec {
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds?: number;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly containers: readonly [Container];
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: Labels & { readonly matchLabels?: Labels };
    readonly template?: {
      readonly metadata: { readonly labels: Labels; annotations?: Labels };
      spec: PodSpec;
    };
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly podSelector?: { readonly matchLabels?: Labels };
  };
}

type Labels = Readonly<Record<string, string>>;

/** What the service does without: api and worker, and the api alone. */
const OPTIONAL_TO_BOTH = [
  'QUEUE_DATABASE_URL',
  'REDIS_URL',
  'REDIS_PASSWORD',
  'SECRETS_KEYS',
  'OTEL_EXPORTER_OTLP_HEADERS',
];
const OPTIONAL = [...OPTIONAL_TO_BOTH, 'API_KEY_PEPPER_PREVIOUS'];

const applied = filesBelow('k8s', '.yaml').filter((file) => path.dirname(file) === 'k8s');
const resources = applied.flatMap((file) => readYaml<Resource>(file));
const [secret] = readYaml<Resource>('k8s/examples/secret.yaml') as [Resource];

const named = (kind: string, name: string): Resource => {
  const found = resources.find((resource) => resource.kind === kind && resource.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const workloads = resources.filter(({ spec }) => spec?.template);
const pods = workloads.map(({ metadata, spec }) => [metadata.name, spec!.template!] as const);
const config = named('ConfigMap', 'job-scheduler').data ?? {};

describe('k8s/', () => {
  it('is taken by kubectl apply -f k8s/: a namespace first, no kustomization, no secret', () => {
    expect(resources[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'job-scheduler' } });
    expect(resources.filter(({ kind }) => kind === 'Kustomization' || kind === 'Secret')).toEqual([]);
    // kustomize finds this one, and kubectl passes it by.
    expect(filesBelow('k8s', '').filter((file) => /kustomization/i.test(file))).toEqual([
      'k8s/Kustomization',
    ]);
  });

  it('puts everything in that namespace, each under a name of its own', () => {
    const names = resources.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { kind, metadata } of [...resources.slice(1), secret])
      expect([kind, metadata.namespace]).toEqual([kind, 'job-scheduler']);
  });

  it('has what api, worker and migration each need', () => {
    const names = resources.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const version = manifest.version.replaceAll('.', '-');
    expect(names).toEqual(
      expect.arrayContaining([
        'Deployment/api',
        'Service/api',
        'HorizontalPodAutoscaler/api',
        'PodDisruptionBudget/api',
        'Deployment/worker',
        'PodDisruptionBudget/worker',
        `Job/migrate-${version}`,
        'NetworkPolicy/default-deny',
        'NetworkPolicy/api',
        'NetworkPolicy/worker',
        'NetworkPolicy/stores',
      ]),
    );
  });

  it('configures with variables that exist, to values that are allowed', () => {
    const secrets = secret.stringData ?? {};
    expect(
      [...Object.keys(config), ...Object.keys(secrets)].filter((name) => !(name in exampleVariables)),
    ).toEqual([]);
    const env = { NODE_ENV: 'production', HOST: '0.0.0.0', ...config, ...secrets, ...MADE_SECRETS };
    expect(loadConfig(env)).toMatchObject({ isProduction: true, queueBackend: 'redis', authMode: 'api-key' });
  });
});

/** What openssl says, where the example says to ask it. */
const MADE_SECRETS = {
  API_KEY_PEPPER: 'p'.repeat(44),
  METRICS_TOKEN: 'm'.repeat(64),
  SECRETS_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
};

describe('the Secret', () => {
  it.each(Object.keys(MADE_SECRETS))('has a %s that nothing starts with: everybody knows it', (name) => {
    const env = { ...secret.stringData, ...MADE_SECRETS, [name]: secret.stringData?.[name] };
    expect(() => loadConfig(env)).toThrow(new RegExp(`${name}: `));
  });

  it('shows every variable that is one', () => {
    const variables = read('libs/platform/src/config/variables.ts');
    const secrets = [...variables.matchAll(/^ {2}([A-Z_]+): secret\(/gm)].map(([, name = '']) => name);
    const shown = Object.keys(secret.stringData ?? {});
    expect(secrets.sort()).toEqual(shown.sort());
  });

  it('gives api and worker what both may need: either queue, the keys of secrets', () => {
    for (const [name, { spec }] of pods.filter(([pod]) => !pod.startsWith('migrate')))
      expect([name, spec.containers[0].env.map((variable) => variable.name)]).toEqual([
        name,
        expect.arrayContaining(OPTIONAL_TO_BOTH),
      ]);
  });

  it('gives the peppers to the api alone', () => {
    const holders = pods.filter(([, { spec }]) =>
      spec.containers[0].env.some(({ name }) => name.startsWith('API_KEY_PEPPER')),
    );
    expect(holders.map(([name]) => name)).toEqual(['api']);
  });
});

describe.each(pods)('the pods of %s', (_name, { spec: pod }) => {
  const [container] = pod.containers;

  it('run the image of this version, at an entry that is built', () => {
    expect(container.image).toBe(IMAGE);
    const entry = container.command?.find((word) => word.startsWith('dist/')) ?? 'dist/apps/api/src/main.js';
    expect(existsSync(path.join(root, sourceOf(entry)))).toBe(true);
  });

  it('read the ConfigMap, and keys that the Secret has', () => {
    expect(container.envFrom.map(({ configMapRef }) => configMapRef.name)).toEqual(['job-scheduler']);
    for (const { name, valueFrom } of container.env) {
      expect(valueFrom.secretKeyRef).toMatchObject({ name: secret.metadata.name, key: name });
      const isOptional = valueFrom.secretKeyRef.optional === true;
      expect([name, isOptional]).toEqual([name, OPTIONAL.includes(name)]);
      expect(Object.keys(secret.stringData ?? {})).toContain(name);
    }
  });

  it('are restricted as the namespace demands', () => {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('ask for resources, and cannot take all memory', () => {
    expect(container.resources).toMatchObject({
      requests: { cpu: expect.any(String), memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    });
  });
});

describe.each([
  ['api', 'PORT'],
  ['worker', 'WORKER_PORT'],
] as const)('the Deployment %s', (name, portVariable) => {
  const { spec } = named('Deployment', name);
  const { metadata, spec: pod } = spec!.template!;
  const [container] = pod.containers;

  it('selects its own pods, and so do its Service, budget and policy', () => {
    expect(metadata.labels).toMatchObject(spec?.selector?.matchLabels ?? { none: '' });
    expect(named('PodDisruptionBudget', name).spec?.selector).toEqual(spec?.selector);
    expect(named('NetworkPolicy', name).spec?.podSelector).toEqual(spec?.selector);
    if (name === 'api') expect(named('Service', name).spec?.selector).toEqual(spec?.selector?.matchLabels);
  });

  it('is probed, called and scraped where the app listens', () => {
    const port = Number(config[portVariable]);
    expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
    expect(metadata.annotations).toMatchObject({
      'prometheus.io/port': String(port),
      'prometheus.io/path': '/metrics',
    });
    expect(container.startupProbe?.httpGet).toEqual({ path: '/health/startup', port: 'http' });
    expect(container.livenessProbe?.httpGet).toEqual({ path: '/health/live', port: 'http' });
    expect(container.readinessProbe?.httpGet).toEqual({ path: '/health/ready', port: 'http' });
  });
});

describe('stopping and scaling', () => {
  it('gives a worker longer than its drain, the kill of a stubborn command and the writing', () => {
    const drainSeconds = Number(config.DRAIN_TIMEOUT_SECONDS);
    const grace = named('Deployment', 'worker').spec?.template?.spec.terminationGracePeriodSeconds;
    expect(grace).toBe(drainSeconds + 5 + 15);
  });

  it('gives an api longer than it answers on after SIGTERM, and longer than answers under way may take', () => {
    const delaySeconds = Number(config.DRAIN_DELAY_SECONDS);
    const grace = named('Deployment', 'api').spec?.template?.spec.terminationGracePeriodSeconds;
    expect(delaySeconds).toBeGreaterThan(0);
    expect(grace).toBe(delaySeconds + 3 + 12);
  });

  it('leaves the number of api pods to the autoscaler', () => {
    const { spec } = named('HorizontalPodAutoscaler', 'api');
    expect(spec?.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: 'api' });
    expect(named('Deployment', 'api').spec?.replicas).toBeUndefined();
  });
});
