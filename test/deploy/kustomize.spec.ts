import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '@app/platform/config';
import { knownMetrics, metricsIn } from './known-metrics.js';
import { exampleVariables, filesBelow, readYaml, root } from './repository-files.js';

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

interface Patch {
  readonly target: { readonly kind: string; readonly name?: string };
  readonly patch: string;
}

interface Kustomization {
  readonly kind: 'Kustomization' | 'Component';
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly { readonly name: string }[];
}

interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

const OVERLAYS = ['kustomize/overlays/dev', 'kustomize/overlays/production'];
const FOLDERS = ['k8s', ...filesBelow('kustomize', 'kustomization.yaml').map((file) => path.dirname(file))];

function kustomizationIn(folder: string): Kustomization {
  const name = ['kustomization.yaml', 'Kustomization'].find((file) =>
    existsSync(path.join(root, folder, file)),
  );
  const [kustomization] = readYaml<Kustomization>(path.join(folder, name ?? 'kustomization.yaml'));
  return kustomization!;
}

/** What kustomize would gather before any patch: resources of files and of folders, its own and its components'. */
function resourcesOf(folder: string): Resource[] {
  const { resources = [], components = [] } = kustomizationIn(folder);
  return [...resources, ...components].flatMap((entry) => {
    const at = path.join(folder, entry);
    return statSync(path.join(root, at)).isDirectory() ? resourcesOf(at) : readYaml<Resource>(at);
  });
}

const base = resourcesOf('k8s');

/** A component patches what the overlay that names it has: the base. */
function targetsOf(folder: string, { target }: Patch): Resource[] {
  const all = [...base, ...resourcesOf(folder)];
  return all.filter(
    ({ kind, metadata }) => kind === target.kind && (target.name ?? metadata.name) === metadata.name,
  );
}

function valueAt(resource: Resource, pointer: string): unknown {
  const keys = pointer.slice(1).split('/');
  return keys.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    resource,
  );
}

describe.each(FOLDERS)('%s', (folder) => {
  const kustomization = kustomizationIn(folder);

  it('names files that exist', () => {
    const named = [...(kustomization.resources ?? []), ...(kustomization.components ?? [])];
    expect(named.filter((entry) => !existsSync(path.join(root, folder, entry)))).toEqual([]);
  });

  it('patches resources that exist, at places that exist', () => {
    for (const patch of kustomization.patches ?? []) {
      const targets = targetsOf(folder, patch);
      expect([patch.target, targets.length > 0]).toEqual([patch.target, true]);
      for (const { op, path: pointer } of parse(patch.patch) as Operation[])
        for (const target of targets)
          expect([op, pointer, valueAt(target, pointer)]).toEqual([op, pointer, expect.anything()]);
    }
  });

  it('sets variables that exist to values that are allowed', () => {
    const operations = (kustomization.patches ?? [])
      .filter(({ target }) => target.kind === 'ConfigMap')
      .flatMap(({ patch }) => parse(patch) as Operation[]);
    const set = operations.map(({ path: pointer, value }) => [pointer.replace('/data/', ''), value] as const);
    expect(set.filter(([name]) => !(name in exampleVariables))).toEqual([]);
    const config = base.find(({ kind }) => kind === 'ConfigMap')?.data;
    const env = { ...config, ...Object.fromEntries(set) } as NodeJS.ProcessEnv;
    expect(() => loadConfig({ NODE_ENV: 'production', HOST: '0.0.0.0', ...env })).not.toThrow();
  });
});

describe('autoscalers of workers', () => {
  const [scaled] = readYaml<Resource>('kustomize/components/keda/scaled-object.yaml') as [Resource];
  const [plain] = readYaml<Resource>('kustomize/components/worker-hpa/horizontal-pod-autoscaler.yaml') as [
    Resource,
  ];
  const triggers = scaled.spec?.triggers as readonly { readonly metadata: { readonly query: string } }[];

  it('scale the Deployment that there is, and never to none', () => {
    expect(scaled.spec).toMatchObject({ scaleTargetRef: { name: 'worker' }, minReplicaCount: 2 });
    expect(plain.spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'worker' },
      minReplicas: 2,
    });
    expect(base.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'worker')).toBe(true);
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
  withKubectl.each(OVERLAYS)('builds %s, all of it in the namespace', (overlay) => {
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', overlay], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const built = parseAllDocuments(stdout).map((document) => document.toJS() as Resource);
    expect(built.length).toBeGreaterThanOrEqual(base.length);
    for (const { kind, metadata } of built.filter((resource) => resource.kind !== 'Namespace'))
      expect([kind, metadata.namespace]).toEqual([kind, 'job-scheduler']);
  });
});
