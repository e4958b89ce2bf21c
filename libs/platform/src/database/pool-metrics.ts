import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';

const connections = new Gauge({
  name: 'scheduler_database_connections',
  help: 'Connections of the pool, by state: busy or idle.',
  labelNames: ['state'],
});

const limit = new Gauge({
  name: 'scheduler_database_connections_limit',
  help: 'Connections that the pool may hold: DATABASE_POOL_SIZE.',
});

const waiting = new Gauge({
  name: 'scheduler_database_waiting',
  help: 'Statements that wait for a connection of the pool.',
});

/** Shows how near the pool is to its end: one that is exhausted fails what waits for longer than 5 s. */
@Injectable()
export class PoolMetrics implements OnModuleInit {
  constructor(private readonly dataSource: DataSource) {}

  /** One pool for each app; a process of tests may have several, and shows the one that started last. */
  onModuleInit(): void {
    const { master: pool } = this.dataSource.driver as unknown as { readonly master: Pool };
    limit.set(pool.options.max);
    // prom-client collects a gauge's value by this hook, and has no other way to give it one after construction.
    Object.assign(connections, { collect: () => showConnections(pool) });
    Object.assign(waiting, { collect: () => waiting.set(pool.waitingCount) });
  }
}

function showConnections({ idleCount, totalCount }: Pool): void {
  connections.set({ state: 'idle' }, idleCount);
  connections.set({ state: 'busy' }, totalCount - idleCount);
}
