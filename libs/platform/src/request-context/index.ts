export { currentLogFields, type LogFields, runWithLogFields } from './log-fields.js';
export {
  bindToActor,
  bindToKey,
  bindToService,
  boundToRequest,
  currentActor,
  currentKeyUse,
  currentRequestId,
  currentService,
  currentTraceparent,
  type KeyUse,
  type RequestContext,
  runForAllServices,
  runInRequestContext,
} from './request-context.js';
