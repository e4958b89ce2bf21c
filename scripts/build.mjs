/**
 * Builds apps, libs and migrations into dist/, one .js for each .ts. swc only strips the types, `npm run check`
 * checks them: a build takes about a second, and looking whether one is due takes milliseconds.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
const SOURCE_FOLDERS = ['apps', 'libs', 'migrations'];
const CONFIGURATION = ['.swcrc', 'package-lock.json', 'scripts/build.mjs'];

/** Builds when a source, the compiler or its settings changed since the last complete build. */
export async function ensureBuilt() {
  const sources = await listSources();
  const stamp = await fingerprint(sources);
  if (stamp === (await readStamp())) return;
  const startedAt = performance.now();
  await build(sources, stamp);
  console.log(`Built ${sources.length} files in ${Math.round(performance.now() - startedAt)} ms.`);
}

async function listSources() {
  const folders = await Promise.all(
    SOURCE_FOLDERS.map((folder) =>
      readdir(path.join(root, folder), { recursive: true, withFileTypes: true }),
    ),
  );
  return folders
    .flat()
    .filter(isProductCode)
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Neither specs nor what only they use. */
function isProductCode(entry) {
  const isTesting = entry.parentPath.split(path.sep).includes('testing');
  return entry.isFile() && !isTesting && /(?<!\.(spec|int-spec|d))\.ts$/.test(entry.name);
}

/** Sizes and times rather than contents: nothing is read when nothing changed. */
async function fingerprint(sources) {
  const files = await Promise.all([...CONFIGURATION, ...sources].map(describeFile));
  return createHash('sha256').update(files.join('\n')).digest('hex');
}

async function describeFile(file) {
  const { size, mtimeMs } = await stat(path.join(root, file));
  return `${file} ${size} ${mtimeMs}`;
}

function readStamp() {
  return readFile(path.join(dist, '.stamp'), 'utf8').catch(() => undefined);
}

/**
 * Always everything, into a fresh folder that takes dist's place at the end: a killed build leaves no half-written
 * dist behind, and the output of a deleted source disappears without bookkeeping.
 */
async function build(sources, stamp) {
  const staging = `${dist}.${process.pid}`;
  try {
    const options = await compilerOptions();
    const { transformFile } = await import('@swc/core');
    await Promise.all(sources.map((source) => compile(transformFile, source, staging, options)));
    await writeFile(path.join(staging, '.stamp'), stamp);
    await replaceDist(staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function compilerOptions() {
  const { $schema: _, ...shared } = JSON.parse(await readFile(path.join(root, '.swcrc'), 'utf8'));
  const paths = {
    '@app/platform/*': ['./libs/platform/src/*/index.ts'],
    '@app/*': ['./libs/*/src/index.ts'],
  };
  return {
    ...shared,
    swcrc: false,
    jsc: { ...shared.jsc, baseUrl: root, paths },
    module: { ...shared.module, resolveFully: true },
  };
}

async function compile(transformFile, source, staging, options) {
  const target = path.join(staging, source.replace(/\.ts$/, '.js'));
  const folder = path.dirname(target);
  const { code, map } = await transformFile(path.join(root, source), {
    ...options,
    sourceFileName: path.relative(folder, path.join(root, source)),
  });
  await mkdir(folder, { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
  await writeFile(`${target}.map`, map);
}

/** Two renames; a second builder that wins the race between them has built the same sources. */
async function replaceDist(staging) {
  const retired = `${staging}.old`;
  await rename(dist, retired).catch(() => undefined);
  await rename(staging, dist).catch((error) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(retired, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureBuilt();
