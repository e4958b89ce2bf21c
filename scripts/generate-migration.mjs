/**
 * Writes the skeleton of a migration: tables and columns which the entities have and the database lacks, and the other
 * way round. Indexes, constraints and defaults are hand-written SQL that no entity knows, so they are left out of the
 * comparison; otherwise every migration would begin by dropping them.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const STRUCTURE = /^(CREATE TABLE|DROP TABLE|ALTER TABLE \S+ (ADD "|DROP COLUMN))/;

/** @returns the new file's path, relative to the repository. */
export async function generateMigration(databaseUrl, name) {
  const timestamp = Date.now();
  const className = `${pascalCase(name)}${timestamp}`;
  const file = `${timestamp}-${name}`;
  const source = migrationSource(className, await compare(databaseUrl));
  await writeFile(path.join(root, 'migrations', `${file}.ts`), source);
  await enlist(className, file);
  return `migrations/${file}.ts`;
}

function pascalCase(name) {
  return name.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());
}

async function compare(databaseUrl) {
  const { DataSource } = await import('typeorm');
  const entities = await loadEntities();
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, entities });
  await dataSource.initialize();
  try {
    const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
    return { up: structural(upQueries), down: structural(downQueries).reverse() };
  } finally {
    await dataSource.destroy();
  }
}

async function loadEntities() {
  const libs = path.join(root, 'dist', 'libs');
  const files = (await readdir(libs, { recursive: true })).filter((file) => file.endsWith('.entity.js'));
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(path.join(libs, file)).href)));
  return modules.flatMap((module) => Object.values(module)).filter((value) => typeof value === 'function');
}

function structural(queries) {
  return queries.map(({ query }) => query).filter((query) => STRUCTURE.test(query));
}

function migrationSource(className, { up, down }) {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why this change is needed. */
export class ${className} implements MigrationInterface {
  readonly name = '${className}';

  async up(db: QueryRunner): Promise<void> {
    await db.query(\`${statements(up)}\`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(\`${statements(down)}\`);
  }
}
`;
}

function statements(queries) {
  const lines = queries.length > 0 ? queries.map((query) => `${query};`) : ['SELECT 1;'];
  return `\n${lines.map((line) => `      ${line.replaceAll('`', '\\`')}\n`).join('')}    `;
}

/** migrations/index.ts lists them by hand, oldest first; the new one is the youngest. */
async function enlist(className, file) {
  const index = path.join(root, 'migrations', 'index.ts');
  const source = await readFile(index, 'utf8');
  const enlisted = source
    .replace(/\n\n\/\*\*/, `\nimport { ${className} } from './${file}.js';\n\n/**`)
    .replace(/,?\s*\];/, `, ${className}];`);
  await writeFile(index, enlisted);
}
