import { InitialSchema1795400000000 } from './1795400000000-initial-schema.js';

/** Every migration, oldest first. Append only: what has run anywhere is never edited. */
export const migrations = [InitialSchema1795400000000];
