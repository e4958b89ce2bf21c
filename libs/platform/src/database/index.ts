export { listOf, listOfInstants, listOfJson, listOfJsonTexts } from './lists.js';
export { KeptBriefly } from './kept-briefly.js';
export {
  type Condition,
  type Statement,
  statementRowsOf,
  USUAL_ROWS,
  whereOf,
} from './assembled-statement.js';
export { columnsOf, type WrittenColumn, writtenColumnsOf } from './entity-columns.js';
export { DatabaseModule } from './database.module.js';
export { dataSourceOptions, withDataSource } from './data-source.js';
export { createDatabaseIfMissing, revertLastMigration, runMigrations } from './migrate.js';
export { checkSchema } from './schema-check.js';
export {
  isPassingFailure,
  isRefusal,
  isUniqueViolation,
  isUnstorable,
  referringTable,
} from './postgres-error.js';
export { exitOnCommandFault } from './database-fault.js';
export { type Clashes, namingClash } from './naming-clash.js';
export { bytesOf, withinPageBytes } from './page-bytes.js';
export { containing } from './like-pattern.js';
export { countOf, preparedRowOf, preparedRowsOf, rowsOf, type Queryable } from './statement.js';
export { databaseReadiness } from './readiness.js';
export { ANSWER_TIMEOUT_MS, ImpatientClient } from './impatient-client.js';
export { TenantWallCheck } from './tenant-wall-check.js';
export { retryWhileAway } from './while-away.js';
