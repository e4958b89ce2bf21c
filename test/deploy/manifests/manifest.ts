import path from 'node:path';
import { filesBelow, readYaml } from '../repository-files.js';

/** Any Kubernetes object, as its file has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What `kubectl apply -f k8s/` applies: the folder's own files. */
export const BASE = filesBelow('k8s', '.yaml')
  .filter((file) => path.dirname(file) === 'k8s')
  .flatMap((file) => readYaml<Manifest>(file));

/** As a message names it: `Deployment/api`. */
export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}
