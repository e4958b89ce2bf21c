export {
  currentRequestId,
  currentTraceparent,
  type RequestContext,
  runInRequestContext,
} from './request-context.js';
