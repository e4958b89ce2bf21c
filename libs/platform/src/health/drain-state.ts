import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Whether this process is on its way out. Load balancers see it at `/health/ready` before connections are refused. */
@Injectable()
export class DrainState implements OnModuleDestroy {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  startDraining(): void {
    this.draining = true;
  }

  /** The first hook of a shutdown, while the server still listens. */
  onModuleDestroy(): void {
    this.startDraining();
  }
}
