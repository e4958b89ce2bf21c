import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadConfig, loadRunnerConfig } from '@app/platform/config';
import { BASE, type Manifest, titleOf } from './manifests/manifest.js';
import { renderOverlay } from './manifests/overlay.js';
import { exampleVariables, IMAGE, root } from './repository-files.js';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: string;
  readonly command: readonly string[];
  readonly envFrom?: readonly object[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly startupProbe: { readonly exec: { readonly command: readonly string[] } };
  readonly securityContext: { readonly runAsUser?: number };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly shareProcessNamespace: boolean;
  readonly securityContext: {
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly fsGroup: number;
  };
  readonly containers: readonly [Container];
  readonly initContainers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

const COMPONENT = 'kustomize/components/command-runner';
const rendered = renderOverlay(COMPONENT, BASE);
const find = (title: string): Manifest => rendered.find((manifest) => titleOf(manifest) === title)!;
const pod = (find('Deployment/worker').spec as { template: { spec: Pod } }).template.spec;
const [worker] = pod.containers;
const [runner] = pod.initContainers;
const valuesOf = ({ env }: Container) => Object.fromEntries(env.map(({ name, value }) => [name, value]));

describe('the command runner beside a worker', () => {
  it('has none of its credentials: no Secret, no ConfigMap, no token, only values that are written here', () => {
    expect(runner.envFrom).toBeUndefined();
    expect(runner.env.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
    expect(JSON.stringify(runner)).not.toMatch(/secret|DATABASE|REDIS|METRICS_TOKEN|PEPPER/i);
    const given = new Set(runner.volumeMounts.map(({ name }) => name));
    expect(JSON.stringify(pod.volumes.filter(({ name }) => given.has(name)))).not.toMatch(
      /secret|projected/i,
    );
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(() => loadRunnerConfig(valuesOf(runner))).not.toThrow();
    expect(runner.env.filter(({ name }) => !(name in exampleVariables))).toEqual([]);
  });

  it('sees none of its processes: another user, in a process namespace of its own', () => {
    expect(pod.shareProcessNamespace).toBe(false);
    expect(runner.securityContext).toEqual({
      runAsUser: 10002,
      runAsGroup: 10002,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.securityContext.runAsUser).not.toBe(runner.securityContext.runAsUser);
    expect([pod.securityContext.runAsUser, pod.securityContext.runAsGroup, 10002]).not.toContain(
      pod.securityContext.fsGroup,
    );
  });

  it('shares one folder with it, and in that the socket that both are told of', () => {
    const mountsOf = ({ volumeMounts }: Container) => volumeMounts.map(({ name }) => name);
    expect(mountsOf(worker).filter((name) => mountsOf(runner).includes(name))).toEqual(['command-runner']);
    const { socketPath } = loadRunnerConfig(valuesOf(runner));
    const config = find('ConfigMap/job-scheduler').data;
    const ofWorker = loadConfig({ NODE_ENV: 'production', HOST: '0.0.0.0', ...config, ...valuesOf(worker) });
    expect(ofWorker.commandRunnerSocket).toBe(socketPath);
    for (const { volumeMounts } of [worker, runner])
      expect(volumeMounts).toContainEqual({ name: 'command-runner', mountPath: path.dirname(socketPath) });
    expect(runner.startupProbe.exec.command).toEqual(['node', 'healthcheck.mjs', socketPath]);
  });

  it('is there before it and until it has ended, with an init that collects orphans', () => {
    expect(runner.restartPolicy).toBe('Always');
    expect([worker.image, runner.image]).toEqual([IMAGE, IMAGE]);
    for (const { command } of [worker, runner])
      expect(command.slice(0, 3)).toEqual(['/bin/sh', 'init.sh', 'node']);
    expect(runner.command.at(-1)).toBe('dist/apps/runner/src/main.js');
    const inBase = BASE.find((manifest) => titleOf(manifest) === 'Deployment/worker')!;
    const [before] = (inBase.spec as { template: { spec: Pod } }).template.spec.containers;
    expect(worker.command.slice(2)).toEqual(before.command);
  });

  it('has a list of commands that begins empty, where it looks for it', () => {
    const allowListFile = valuesOf(runner).COMMAND_TARGETS ?? '';
    const mount = runner.volumeMounts.find(({ mountPath }) => mountPath === path.dirname(allowListFile));
    const volume = pod.volumes.find(({ name }) => name === mount?.name);
    const { data } = find(`ConfigMap/${volume?.configMap?.name}`);
    expect(JSON.parse(data?.[path.basename(allowListFile)] ?? '')).toEqual({ commands: [] });
  });
});

// kubectl is no part of the project's tools: where it is, it has the last word.
const withKubectl = spawnSync('kubectl', ['version', '--client']).error ? it.skip : it;

describe('kubectl kustomize', () => {
  withKubectl('makes of an overlay with the command runner what these tests make of it', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'overlay-'));
    const at = (entry: string): string => path.relative(folder, path.join(root, entry));
    const overlay = { kind: 'Kustomization', resources: [at('k8s')], components: [at(COMPONENT)] };
    writeFileSync(path.join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
    const { stderr, stdout } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const built = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
    const byTitle = (manifests: readonly Manifest[]) =>
      Object.fromEntries(manifests.map((manifest) => [titleOf(manifest), manifest]));
    expect({ stderr, built: byTitle(built) }).toEqual({ stderr: '', built: byTitle(rendered) });
  });
});
