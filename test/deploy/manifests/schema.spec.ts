import { describe, expect, it, jest } from '@jest/globals';
import path from 'node:path';
import { filesBelow, readYaml } from '../repository-files.js';
import { BASE, type Manifest, titleOf } from './manifest.js';
import { misspelt } from './misspelt.js';
import { renderOverlay } from './overlay.js';
import { schemaFaults } from './schema-faults.js';

// The types of Kubernetes are many, and the machine may be busy.
jest.setTimeout(120_000);

const OVERLAYS = filesBelow('kustomize/overlays', 'kustomization.yaml').map((file) => path.dirname(file));
const COMPONENTS = filesBelow('kustomize/components', 'kustomization.yaml').map((file) => path.dirname(file));
const examples = filesBelow('k8s/examples', '.yaml').flatMap((file) => readYaml<Manifest>(file));

const sets: readonly (readonly [string, readonly Manifest[]])[] = [
  ['k8s/', BASE],
  ['k8s/examples', examples],
  ...COMPONENTS.map((folder) => [folder, renderOverlay(folder, BASE)] as const),
  ...OVERLAYS.map((folder) => [folder, renderOverlay(folder)] as const),
];

describe.each(sets)('%s', (_name, manifests) => {
  it('fits the published schemas of Kubernetes and of the operators it asks for', () => {
    const faults = schemaFaults(manifests);
    expect(manifests.map((manifest, index) => [titleOf(manifest), ...faults[index]!])).toEqual(
      manifests.map((manifest) => [titleOf(manifest)]),
    );
  });
});

describe('a manifest that is wrong', () => {
  const api = BASE.find((manifest) => titleOf(manifest) === 'Deployment/api')!;
  const wrong = (from: string, to: string): string[] => {
    const text = JSON.stringify(api);
    expect(text).toContain(from);
    return schemaFaults([JSON.parse(text.replace(from, to)) as Manifest])[0]!;
  };

  it('is refused whichever of its keys is misspelt', () => {
    const all = [...new Map(sets.flatMap(([, manifests]) => manifests).flatMap(misspelt)).entries()];
    const faults = schemaFaults(all.map(([, manifest]) => manifest));
    expect(all.length).toBeGreaterThan(150);
    expect(all.filter((_, index) => faults[index]!.length === 0).map(([place]) => place)).toEqual([]);
  });

  it('is refused for a value of another type, and says where', () => {
    expect(wrong('"containerPort":3000', '"containerPort":"3000"').join()).toContain('containerPort');
    expect(wrong('"failureThreshold":120', '"failureThreshold":1.5').join()).toContain('failureThreshold');
    expect(wrong('"runAsNonRoot":true', '"runAsNonRoot":"yes"')).not.toEqual([]);
    expect(wrong('"cpu":"200m"', '"cpu":"200 m"')).not.toEqual([]);
  });

  it('is refused for what is missing', () => {
    expect(wrong('"selector":', '"metadata":').join()).toContain('selector');
    expect(wrong('"name":"http",', '').join()).toBe('');
    expect(wrong('"containerPort":3000', '"hostPort":3000').join()).toContain('containerPort');
  });

  it('is refused under a version that its kind does not have', () => {
    expect(wrong('apps/v1', 'apps/v1beta9')).not.toEqual([]);
  });
});
