/**
 * `npm run openapi`: writes docs/openapi.json from the code. Nest's preview mode reads the modules and creates nothing
 * in them, so neither a database nor a queue is needed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.join(root, 'docs', 'openapi.json');

await ensureBuilt();
const document = await readDocument();
await mkdir(path.dirname(target), { recursive: true });
await writeFile(target, `${JSON.stringify(document, null, 2)}\n`);
console.log(`Wrote ${path.relative(root, target)}: ${Object.keys(document.paths).length} paths.`);

async function readDocument() {
  const dist = path.join(root, 'dist', 'apps', 'api', 'src');
  const { previewDocument } = await import(path.join(dist, 'openapi', 'preview-document.js'));
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  return previewDocument(version);
}
