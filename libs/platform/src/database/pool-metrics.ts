import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';

/** One pool for each app; a process of tests may have several, and shows the one that started last. */
let current: Pool | null = null;

const connections = new Gauge({
  name: 'scheduler_database_connections',
  help: 'Connections of the pool, by state: busy or idle.',
  labelNames: ['state'],
  collect() {
    if (!current) return;
    this.set({ state: 'idle' }, current.idleCount);
    this.set({ state: 'busy' }, current.totalCount - current.idleCount);
  },
});

const limit = new Gauge({
  name: 'scheduler_database_connections_limit',
  help: 'Connections that the pool may hold: DATABASE_POOL_SIZE.',
});

const waiting = new Gauge({
  name: 'scheduler_database_waiting',
  help: 'Statements that wait for a connection of the pool.',
  collect() {
    this.set(current?.waitingCount ?? 0);
  },
});

/** Shows how near the pool is to its end: one that is exhausted fails what waits for longer than 5 s. */
@Injectable()
export class PoolMetrics implements OnModuleInit, OnModuleDestroy {
  constructor(private readonly dataSource: DataSource) {}

  onModuleInit(): void {
    current = poolOf(this.dataSource);
    limit.set(current.options.max);
  }

  onModuleDestroy(): void {
    if (current !== poolOf(this.dataSource)) return;
    current = null;
    connections.reset();
    waiting.reset();
  }
}

function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { readonly master: Pool }).master;
}
