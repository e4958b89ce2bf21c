import type { ReadinessCheck } from '@app/platform/health';
import type { QueueConnections } from './queue-connections.js';

/**
 * Reported, and no reason to take a process out of service: what the queue cannot carry waits in Postgres. A worker does
 * not start on a Redis that evicts; a failover or a `CONFIG SET` may bring one later, to any process.
 */
export function queueReadiness(
  queue: { ping(): Promise<void> },
  connections: QueueConnections,
): ReadinessCheck {
  return {
    name: 'queue',
    required: false,
    check: async () => {
      await queue.ping();
      const fault = await connections.evictionFault();
      if (fault) throw new Error(fault);
    },
  };
}
