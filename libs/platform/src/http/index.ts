export { ApiMergePatch } from './api-merge-patch.js';
export { ApiNotModified } from './api-not-modified.js';
export { currentTraceparent } from '@app/platform/request-context';
export { AS_IT_WAS_READ, IF_MATCH } from './api-descriptions.js';
export { ID, INSTANT, INSTANT_OR_NULL, LIST_HINT, MAX_INTEGER } from './api-formats.js';
export { configureHttp, HTTP_APP_OPTIONS } from './configure-http.js';
export { HttpServerAdapter } from './http-server/http-server.adapter.js';
export {
  type Existence,
  StateAskedFor,
  type ExpectedVersion,
  IF_MATCH_REQUIRED,
  IfMatch,
  VersionSeen,
} from './entity-tag/if-match.js';
export { requireVersion, staleVersion } from './entity-tag/require-version.js';
export { rememberMadeAs } from './idempotency/idempotency-keys.sql.js';
export { stillRunning } from './idempotency/idempotency-faults.js';
export { madeBefore, rememberMade } from './idempotency/made-once.js';
export { Post } from './idempotency/post.js';
export { NotReplayed } from './idempotency/not-replayed.js';
export { pruneIdempotencyKeys } from './idempotency/idempotency-keys.js';
export { inOrder } from './in-order.js';
export { ReadUpTo, WithoutRepeats } from './list-rules.js';
export { listen } from './listen.js';
export { patchedRequest } from './patched-request.js';
export { ApiPage } from './paging/api-page.js';
export { cursorOf } from './paging/cursor.js';
export { mapPage, type Page, pageOf } from './paging/page.js';
export { PageQuery } from './paging/page-query.js';
export { PreferWait } from './preferences/prefer-wait.js';
export { readOnlyForStrangers } from './read-only-for-strangers.js';
export { replacingRequest } from './replacing-request.js';
export { QueryBoolean, QueryInteger, QueryList } from './query-conversion.js';
export { instantIn, IsAfterFrom, IsInstant } from './rules/instant-rules.js';
export { MayBeAbsent, MayBeNull, Refuses } from './rules/refuses.js';
export { findLabelFault, IsName, IsProse, IsSearchText } from './rules/text-rules.js';
