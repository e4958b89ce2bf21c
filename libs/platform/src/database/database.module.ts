import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AppConfig } from '@app/platform/config';
import { type DatabaseOptions, dataSourceOptions } from './data-source.js';
import { PoolMetrics } from './pool-metrics.js';
import { startPatience } from './start-patience.js';

/** The process's one connection pool; features add their entities with `TypeOrmModule.forFeature`. */
@Module({})
export class DatabaseModule {
  /** @param limits of its sessions */
  static forApp(applicationName: string, limits: Pick<DatabaseOptions, 'lockTimeoutMs'> = {}): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [AppConfig],
          useFactory: (config: AppConfig) => ({
            ...dataSourceOptions({
              url: config.databaseUrl,
              poolSize: config.databasePoolSize,
              applicationName,
              ...limits,
            }),
            autoLoadEntities: true,
            retryAttempts: Number.POSITIVE_INFINITY,
            retryDelay: 1_000,
            toRetry: startPatience(),
          }),
        }),
      ],
      providers: [PoolMetrics],
    };
  }
}
