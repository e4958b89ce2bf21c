export {
  bindToService,
  currentRequestId,
  currentService,
  currentTraceparent,
  type RequestContext,
  runForAllServices,
  runInRequestContext,
} from './request-context.js';
