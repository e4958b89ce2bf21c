/**
 * `npm run openapi`: writes docs/openapi.json from the code; with `-- --check` it only says whether the file is current. Nest's preview mode reads the modules and creates nothing
 * in them, so neither a database nor a queue is needed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.join(root, 'docs', 'openapi.json');

await ensureBuilt();
const text = `${JSON.stringify(await readDocument(), null, 2)}\n`;
if (process.argv.includes('--check')) await check();
else await write();

async function check() {
  const isCurrent = (await readFile(target, 'utf8').catch(() => '')) === text;
  if (!isCurrent) console.error('docs/openapi.json is not what the code says: run `npm run openapi`.');
  process.exitCode = isCurrent ? 0 : 1;
}

async function write() {
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
  console.log(`Wrote ${path.relative(root, target)}.`);
}

async function readDocument() {
  const dist = path.join(root, 'dist', 'apps', 'api', 'src');
  const { previewDocument } = await import(path.join(dist, 'openapi', 'preview-document.js'));
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  return previewDocument(version);
}
