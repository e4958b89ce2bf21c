import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readYaml, root } from '../repository-files.js';
import type { Manifest } from './manifest.js';

interface Patch {
  readonly target: { readonly kind: string; readonly name?: string };
  /** RFC 6902, as YAML. */
  readonly patch: string;
}

interface Image {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
}

export interface Kustomization {
  readonly apiVersion: string;
  readonly kind: 'Kustomization' | 'Component';
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly Image[];
}

interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export function kustomizationIn(folder: string): Kustomization {
  const name = ['kustomization.yaml', 'Kustomization'].find((file) =>
    existsSync(path.join(root, folder, file)),
  );
  return readYaml<Kustomization>(path.join(folder, name ?? 'kustomization.yaml'))[0]!;
}

/**
 * What `kubectl kustomize` makes of an overlay, in our order, for machines that have no kubectl: resources, then each
 * component onto them, then the overlay's own patches and images. Knows what our overlays use, and nothing else.
 * @param onto what a component is laid over
 * @throws where a patch finds no target, or a target nothing at its place
 */
export function renderOverlay(folder: string, onto: readonly Manifest[] = []): Manifest[] {
  const { resources = [], components = [], patches = [], images = [] } = kustomizationIn(folder);
  const own = resources.flatMap((entry) => readResource(path.join(folder, entry)));
  const composed = components.reduce<Manifest[]>(
    (below, component) => renderOverlay(path.join(folder, component), below),
    [...onto, ...own],
  );
  const rendered = structuredClone(composed);
  for (const patch of patches) applyPatch(rendered, patch);
  return images.reduce(withImage, rendered);
}

function readResource(at: string): Manifest[] {
  return statSync(path.join(root, at)).isDirectory() ? renderOverlay(at) : readYaml<Manifest>(at);
}

function applyPatch(manifests: readonly Manifest[], { target, patch }: Patch): void {
  const targets = manifests.filter(
    ({ kind, metadata }) => kind === target.kind && (target.name ?? metadata.name) === metadata.name,
  );
  if (targets.length === 0) throw new Error(`there is no ${target.kind} ${target.name ?? ''} to patch`);
  for (const operation of parse(patch) as Operation[])
    for (const manifest of targets) applyOperation(manifest, operation);
}

/** One that changes or removes what is not there has a wrong path, and so has one that adds what is. */
function applyOperation(manifest: Manifest, { op, path: pointer, value }: Operation): void {
  const keys = pointer.slice(1).split('/');
  const last = keys.pop()!;
  const parent = keys.reduce<Record<string, unknown> | undefined>(
    (at, key) => at?.[key] as Record<string, unknown> | undefined,
    manifest as unknown as Record<string, unknown>,
  );
  const isThere = parent?.[last] !== undefined;
  if (!parent || isThere === (op === 'add')) throw new Error(`${manifest.kind}: cannot ${op} ${pointer}`);
  if (op === 'remove') delete parent[last];
  else if (Array.isArray(parent) && last === '-') parent.push(value);
  else parent[last] = value;
}

function withImage(manifests: Manifest[], { name, newName, newTag }: Image): Manifest[] {
  const image = new RegExp(`"image":"${name}:[^"]+"`, 'g');
  return JSON.parse(JSON.stringify(manifests).replace(image, `"image":"${newName}:${newTag}"`)) as Manifest[];
}
