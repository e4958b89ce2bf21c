import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '@app/platform/config';
import { knownMetrics, metricsIn } from './known-metrics.js';
import { BASE, type Manifest, titleOf } from './manifests/manifest.js';
import { kustomizationIn, renderOverlay } from './manifests/overlay.js';
import { exampleVariables, filesBelow, readYaml, root } from './repository-files.js';

const OVERLAYS = ['kustomize/overlays/dev', 'kustomize/overlays/production'];
const FOLDERS = ['k8s', ...filesBelow('kustomize', 'kustomization.yaml').map((file) => path.dirname(file))];

const strings = { type: 'array', items: { type: 'string' } };
const only = (properties: object, required: readonly string[]): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };

/** Of kustomize's many fields those that we use; any other is a slip of the pen, or belongs here. */
const isKustomization = new Ajv().compile(
  only(
    {
      apiVersion: { type: 'string', pattern: '^kustomize\\.config\\.k8s\\.io/v1(beta1|alpha1)$' },
      kind: { enum: ['Kustomization', 'Component'] },
      resources: strings,
      components: strings,
      patches: {
        type: 'array',
        items: only({ target: only({ kind: text, name: text }, ['kind']), patch: text }, ['target', 'patch']),
      },
      images: {
        type: 'array',
        items: only({ name: text, newName: text, newTag: text }, ['name', 'newName', 'newTag']),
      },
    },
    ['apiVersion', 'kind'],
  ),
);

describe.each(FOLDERS)('%s', (folder) => {
  const kustomization = kustomizationIn(folder);
  const isComponent = kustomization.kind === 'Component';
  const rendered = renderOverlay(folder, isComponent ? BASE : []);

  it('has fields that kustomize knows', () => {
    isKustomization(kustomization);
    expect(isKustomization.errors).toBeNull();
  });

  it('names files that exist', () => {
    const named = [...(kustomization.resources ?? []), ...(kustomization.components ?? [])];
    expect(named.filter((entry) => !existsSync(path.join(root, folder, entry)))).toEqual([]);
  });

  it('keeps all of the base, each name once', () => {
    const names = rendered.map(titleOf);
    expect(names).toEqual(expect.arrayContaining(BASE.map(titleOf)));
    expect(new Set(names).size).toBe(names.length);
  });

  it('sets variables that exist to values that are allowed', () => {
    const config = rendered.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    expect(Object.keys(config).filter((name) => !(name in exampleVariables))).toEqual([]);
    expect(() => loadConfig({ NODE_ENV: 'production', HOST: '0.0.0.0', ...config })).not.toThrow();
  });
});

describe('the monitors', () => {
  it('present the token that the pods ask for', () => {
    const monitors = readYaml<Manifest>('kustomize/components/monitoring/monitors.yaml');
    const credentials = { name: 'job-scheduler', key: 'METRICS_TOKEN' };
    for (const { kind, spec } of monitors) {
      const endpoints = (spec?.endpoints ?? spec?.podMetricsEndpoints) as readonly object[];
      expect([kind, endpoints]).toMatchObject([kind, [{ path: '/metrics', authorization: { credentials } }]]);
    }
  });
});

describe('autoscalers of workers', () => {
  const [scaled] = readYaml<Manifest>('kustomize/components/keda/scaled-object.yaml') as [Manifest];
  const [plain] = readYaml<Manifest>('kustomize/components/worker-hpa/horizontal-pod-autoscaler.yaml') as [
    Manifest,
  ];
  const triggers = scaled.spec?.triggers as readonly { readonly metadata: { readonly query: string } }[];

  it('scale the Deployment that there is, and never to none', () => {
    expect(scaled.spec).toMatchObject({ scaleTargetRef: { name: 'worker' }, minReplicaCount: 2 });
    expect(plain.spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'worker' },
      minReplicas: 2,
    });
    expect(BASE.map(titleOf)).toContain('Deployment/worker');
  });

  it.each(['keda', 'worker-hpa'])('alone say how many there are, in %s', (component) => {
    const worker = renderOverlay(`kustomize/components/${component}`, BASE).find(
      (manifest) => titleOf(manifest) === 'Deployment/worker',
    );
    expect(worker?.spec?.replicas).toBeUndefined();
  });

  it('ask for metrics that exist', () => {
    const names = triggers.flatMap(({ metadata }) => metricsIn(metadata.query));
    expect(names).toContain('scheduler_oldest_due_age_seconds');
    expect(names.filter((name) => !knownMetrics.has(name))).toEqual([]);
  });
});

// kubectl is no part of the project's tools: where it is, it has the last word.
const withKubectl = spawnSync('kubectl', ['version', '--client']).error ? it.skip : it;

describe('kubectl kustomize', () => {
  withKubectl.each(OVERLAYS)(
    'makes of %s what these tests make of it, all of it in the namespace',
    (overlay) => {
      const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', overlay], {
        cwd: root,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const built = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
      const byTitle = (manifests: readonly Manifest[]) =>
        Object.fromEntries(manifests.map((manifest) => [titleOf(manifest), manifest]));
      expect(byTitle(built)).toEqual(byTitle(renderOverlay(overlay)));
      for (const { kind, metadata } of built.filter((manifest) => manifest.kind !== 'Namespace'))
        expect([kind, metadata.namespace]).toEqual([kind, 'job-scheduler']);
    },
  );
});
