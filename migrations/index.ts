import { InitialSchema1795400000000 } from './1795400000000-initial-schema.js';
import { Calendars1795430000000 } from './1795430000000-calendars.js';
import { Services1795440000000 } from './1795440000000-services.js';
import { OwnedByServices1795442000000 } from './1795442000000-owned-by-services.js';
import { ApiKeys1795443000000 } from './1795443000000-api-keys.js';
import { FairDispatch1795444000000 } from './1795444000000-fair-dispatch.js';
import { CancellationsAndBulkOperations1795445000000 } from './1795445000000-cancellations-and-bulk-operations.js';
import { BadEnds1795445000001 } from './1795445000001-bad-ends.js';
import { Secrets1795446000000 } from './1795446000000-secrets.js';
import { Operations1795448000000 } from './1795448000000-operations.js';
import { TenantWall1795449000000 } from './1795449000000-tenant-wall.js';
import { MadeByRequest1795450000000 } from './1795450000000-made-by-request.js';
import { Audit1795452000000 } from './1795452000000-audit.js';
import { ServiceUsage1795460000000 } from './1795460000000-service-usage.js';
import { BulkRetriesOfCommands1795470000000 } from './1795470000000-bulk-retries-of-commands.js';
import { CommandIsolation1795470000001 } from './1795470000001-command-isolation.js';
import { RequestOfExecution1795493000000 } from './1795493000000-request-of-execution.js';
import { RoomForClaims1795501000000 } from './1795501000000-room-for-claims.js';
import { RetryableEnds1795510000000 } from './1795510000000-retryable-ends.js';
import { EndsSayWhy1795510000001 } from './1795510000001-ends-say-why.js';

/** Every migration, oldest first. Append only: what one does is never changed once it may have run anywhere. */
export const migrations = [
  InitialSchema1795400000000,
  Calendars1795430000000,
  Services1795440000000,
  OwnedByServices1795442000000,
  ApiKeys1795443000000,
  FairDispatch1795444000000,
  CancellationsAndBulkOperations1795445000000,
  BadEnds1795445000001,
  Secrets1795446000000,
  Operations1795448000000,
  TenantWall1795449000000,
  MadeByRequest1795450000000,
  Audit1795452000000,
  ServiceUsage1795460000000,
  BulkRetriesOfCommands1795470000000,
  CommandIsolation1795470000001,
  RequestOfExecution1795493000000,
  RoomForClaims1795501000000,
  RetryableEnds1795510000000,
  EndsSayWhy1795510000001,
];
