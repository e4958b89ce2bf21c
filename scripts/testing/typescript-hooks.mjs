/** Node's loader hooks: a `.js` that is not there means the `.ts` beside it, and swc strips its types, as for jest. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

export function resolve(specifier, context, nextResolve) {
  const source = sourceOf(specifier, context.parentURL);
  return source === undefined ? nextResolve(specifier, context) : { url: source, shortCircuit: true };
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const { code } = await transformFile(fileURLToPath(url), { sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}

/** The aliases are left out: what runs in a thread imports no other library of ours. */
function sourceOf(specifier, parentUrl) {
  if (!/^(file:|\.{1,2}\/)/.test(specifier) || !specifier.endsWith('.js')) return undefined;
  const url = new URL(specifier, parentUrl);
  const source = new URL(url.href.replace(/\.js$/, '.ts'));
  return existsSync(url) || !existsSync(source) ? undefined : source.href;
}
