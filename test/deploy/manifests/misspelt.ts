import type { Manifest } from './manifest.js';

/** Below these, keys are the operator's own words. */
const FREE =
  /\/(labels|annotations|data|stringData|matchLabels|requests|limits|triggers\/\d+\/metadata|Service\/spec\/selector)$/;

type Node = Record<string, unknown>;

/**
 * The manifest again for each of its keys, with that key misspelt: its first letter is of the other case, as in
 * `ReadinessProbe`. Named by the place, without indices: the same key of two containers is one.
 */
export function misspelt(manifest: Manifest): [string, Manifest][] {
  const text = JSON.stringify(manifest);
  return placesIn(manifest, `/${manifest.kind}`).map((place) => {
    const copy = JSON.parse(text) as Manifest;
    rename(copy, place.split('/').slice(2));
    return [place.replaceAll(/\/\d+(?=\/)/g, ''), copy];
  });
}

function placesIn(node: unknown, at: string): string[] {
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const place = `${at}/${key}`;
    const below = placesIn(value, place);
    return Array.isArray(node) || FREE.test(at) || isTypeOf(place) ? below : [place, ...below];
  });
}

/** Without these two nobody knows which schema to ask. */
function isTypeOf(place: string): boolean {
  return /^\/\w+\/(apiVersion|kind)$/.test(place);
}

function rename(manifest: Manifest, keys: readonly string[]): void {
  const parents = keys.slice(0, -1);
  const parent = parents.reduce<Node>((node, key) => node[key] as Node, manifest as unknown as Node);
  const key = keys.at(-1)!;
  const [first = ''] = key;
  parent[first.toUpperCase() + key.slice(1)] = parent[key];
  delete parent[key];
}
