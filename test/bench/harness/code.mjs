/** The product as it was when the bench began: whoever builds meanwhile does not change what is measured. */
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
/** Below node_modules, so that packages resolve as they do for dist/. */
const folder = path.join(root, 'node_modules', '.cache', `bench-${process.pid}`);

/** @returns the copy's `dist` */
export async function copyCode() {
  await mkdir(folder, { recursive: true });
  await cp(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  await cp(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true });
  return path.join(folder, 'dist');
}

export function removeCode() {
  return rm(folder, { recursive: true, force: true });
}
