export { QueueModule } from './queue.module.js';
export { QueueConnections, type QueueConnection } from './queue-connections.js';
export { prepareQueueBackend, redisEvictionFault } from './prepare-queue-backend.js';
export { counterConnection, type RedisConnection } from './redis-connection.js';
