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

/** TypeORM looks here for the expressions of generated columns, and fails without it. */
const METADATA_TABLE =
  'CREATE TABLE IF NOT EXISTS typeorm_metadata (type text, database text, schema text, "table" text, name text, value text)';

const GENERATED_COLUMNS = `
  SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
  WHERE is_generated = 'ALWAYS' AND table_schema = 'public'`;

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
    await dataSource.query(METADATA_TABLE);
    const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
    const generated = await dataSource.query(GENERATED_COLUMNS);
    return {
      up: structural(upQueries, generated),
      down: structural(downQueries, generated).reverse(),
    };
  } finally {
    await dataSource.query('DROP TABLE typeorm_metadata');
    await dataSource.destroy();
  }
}

async function loadEntities() {
  const libs = path.join(root, 'dist', 'libs');
  const files = (await readdir(libs, { recursive: true })).filter((file) => file.endsWith('.entity.js'));
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(path.join(libs, file)).href)));
  return modules.flatMap((module) => Object.values(module)).filter((value) => typeof value === 'function');
}

/** A generated column is hand-written SQL as well. */
function structural(queries, generated) {
  const isGenerated = (query) =>
    generated.some(
      ({ table, column }) =>
        query.startsWith('ALTER TABLE') && query.includes(`"${table}"`) && query.includes(`"${column}"`),
    );
  return queries.map(({ query }) => query).filter((query) => STRUCTURE.test(query) && !isGenerated(query));
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
