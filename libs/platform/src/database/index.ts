export { DatabaseModule } from './database.module.js';
export { dataSourceOptions, withDataSource, type DatabaseOptions } from './data-source.js';
export { createDatabaseIfMissing, revertLastMigration, runMigrations } from './migrate.js';
export { checkSchema, type SchemaCheck } from './schema-check.js';
export { violatedConstraint } from './postgres-error.js';
export { countOf, preparedRowsOf, rowsOf, type Queryable } from './statement.js';
export { driverErrorOf, isPassingFailure } from './passing-failure.js';
export { databaseReadiness } from './readiness.js';
export { retryWhileAway } from './while-away.js';
