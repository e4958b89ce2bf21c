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
  runForAllServices,
  runInRequestContext,
} from './request-context.js';
