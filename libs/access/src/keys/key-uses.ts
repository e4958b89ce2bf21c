import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { KeysRepository } from './keys.repository.js';

const WRITE_MS = 15_000;
/** By then it was written, or another process has written a later use. */
const OUTDATED_MS = 180_000;

/** Notes when keys were used: in memory with the request, in the database now and then, all of them in one statement. */
@Injectable()
export class KeyUses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(KeyUses.name);
  private readonly latest = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: KeysRepository,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.authMode === 'none') return;
    this.timer = setInterval(() => void this.write(), WRITE_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }

  note(keyId: string, usedAt: Date): void {
    this.latest.set(keyId, usedAt);
  }

  /** What is not written, because it was a moment ago, is kept for the next time. */
  async write(): Promise<void> {
    if (this.latest.size === 0) return;
    const uses = new Map(this.latest);
    try {
      for (const id of await this.repository.noteUses(uses)) this.drop(id, uses.get(id));
    } catch (error) {
      this.logger.warn(`The last uses of API keys could not be written: ${String(error)}`);
    }
    this.dropOutdated(uses);
  }

  /** Unless the key was used again meanwhile. */
  private drop(id: string, written: Date | undefined): void {
    if (this.latest.get(id) === written) this.latest.delete(id);
  }

  private dropOutdated(uses: ReadonlyMap<string, Date>): void {
    const newest = Math.max(...[...uses.values()].map(Number));
    for (const [id, at] of uses) if (Number(at) < newest - OUTDATED_MS) this.drop(id, at);
  }
}
