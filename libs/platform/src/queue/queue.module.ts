import { type DynamicModule, Module } from '@nestjs/common';
import { BullModule } from '@nestjs/bullmq';
import { setDefaultBackendFactory } from 'bullmq';
import { QueueConnections } from './queue-connections.js';

@Module({ providers: [QueueConnections], exports: [QueueConnections] })
class QueueConnectionsModule {}

/** Points `@nestjs/bullmq` at the configured backend; features add their queues with `BullModule.registerQueue`. */
@Module({})
export class QueueModule {
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
