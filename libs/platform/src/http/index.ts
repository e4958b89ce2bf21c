export { currentRequestId, currentTraceparent } from '@app/platform/request-context';
export { ApiPage } from './paging/api-page.js';
export { type CursorPart, decodeCursor, encodeCursor } from './paging/cursor.js';
export { mapPage, type Page, pageOf } from './paging/page.js';
export { PageLinkInterceptor } from './paging/page-link.interceptor.js';
export { PageQuery } from './paging/page-query.js';
export { QueryBoolean, QueryInteger, QueryList } from './query-conversion.js';
export { requestContext } from './request-context.middleware.js';
