export { currentLogFields, type LogFields, runWithLogFields } from './log-fields.js';
export {
  bindToService,
  bindToActor,
  currentActor,
  currentRequestId,
  currentService,
  currentTraceparent,
  type RequestContext,
  runForAllServices,
  runInRequestContext,
} from './request-context.js';
