import { type DynamicModule, Module } from '@nestjs/common';
import { BullModule } from '@nestjs/bullmq';
import { Queue, type QueueOptions, setDefaultBackendFactory } from 'bullmq';
import { QueueConnections } from './queue-connections.js';

@Module({ providers: [QueueConnections], exports: [QueueConnections] })
class QueueConnectionsModule {}

/**
 * With a listener from its first moment: BullMQ writes an error of the connection that nobody listens for to the console,
 * stack and all. `QueueConnections` says what there is to say.
 */
class HeardQueue extends Queue {
  constructor(name: string, options?: QueueOptions) {
    super(name, options);
    this.on('error', () => undefined);
  }
}
// Before any feature, whose module's decorator calls `withQueue` as soon as it is imported.
BullModule.queueClass = HeardQueue;

/** Points `@nestjs/bullmq` at the configured backend; features add their queues with `withQueue`. */
@Module({})
export class QueueModule {
  static withQueue(name: string): DynamicModule {
    return BullModule.registerQueue({ name });
  }

  static forApp(): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: [
        QueueConnectionsModule,
        BullModule.forRootAsync({
          imports: [QueueConnectionsModule],
          inject: [QueueConnections],
          useFactory: (connections: QueueConnections) => {
            setDefaultBackendFactory(connections.backendFactory);
            return connections.producer();
          },
        }),
      ],
      exports: [QueueConnectionsModule],
    };
  }
}
