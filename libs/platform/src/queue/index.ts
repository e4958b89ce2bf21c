export { QueueModule } from './queue.module.js';
export { QueueConnections } from './queue-connections.js';
export { redisEvictionFault } from './eviction-policy.js';
export { prepareQueueBackend } from './prepare-queue-backend.js';
export { queueReadiness } from './readiness.js';
export { counterConnection, type RedisConnection } from './redis-connection.js';
