import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { DrainState } from '@app/platform/health';
import { setTimeout as wait } from 'node:timers/promises';

/** Between SIGTERM and the closing of the port: `/health/ready` says 503, and everything else is answered as before. */
@Injectable()
export class ServeWhileDraining implements OnModuleDestroy {
  constructor(
    private readonly config: AppConfig,
    private readonly drainState: DrainState,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.drainState.startDraining();
    await wait(this.config.drainDelayMs);
  }
}
