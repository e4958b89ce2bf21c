import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './code.mjs';

const folder = path.join(root, 'test', 'bench', 'results');

/** Two files of one name: all figures as JSON, and the table. @returns the JSON's path */
export async function writeResults(report, table) {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${report.finishedAt.slice(0, 19).replaceAll(':', '')}.json`);
  const results = report.results.map(({ suite, measured, failures }) => ({
    suite: suite.name,
    measured,
    failures,
  }));
  await writeFile(file, `${JSON.stringify({ ...report, results }, null, 2)}\n`);
  await writeFile(file.replace(/json$/, 'md'), `${table}\n`);
  return path.relative(root, file);
}
