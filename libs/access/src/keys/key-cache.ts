import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { AppConfig } from '@app/platform/config';
import type { KnownKey } from './api-key.js';
import { KeysRepository } from './keys.repository.js';

/** Every key in use is read again this often, all of them in one statement. */
const REFRESH_MS = 2_000;
/** Nothing older than this is believed: a revoked key stops working within 5 s even while refreshing fails. */
const FRESH_MS = 4_500;
/** A key that nobody has used for this long is no longer refreshed, and is read again at its next use. */
const IDLE_MS = 60_000;
/** About 10 MB. Beyond it a key costs a look-up with each request. */
const MOST_KEYS = 20_000;

interface Entry {
  readonly key: KnownKey;
  readonly readAtMs: number;
  readonly usedAtMs: number;
}

/** The keys in use, so that a request costs no look-up. Times are monotonic: a set-back clock prolongs no revoked key. */
@Injectable()
export class KeyCache implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(KeyCache.name);
  private readonly entries = new Map<string, Entry>();
  private readonly reads = new Map<string, Promise<KnownKey | null>>();
  /** How often something was forgotten: what was being read meanwhile may be from before. */
  private timesForgotten = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: KeysRepository,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.authMode === 'none') return;
    this.timer = setInterval(() => void this.refresh(), REFRESH_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** The key when it is known and fresh, without asking anybody. That it was used is noted. */
  recall(id: string): KnownKey | null {
    const entry = this.entries.get(id);
    const now = this.clock.monotonicMs();
    if (entry === undefined || now - entry.readAtMs > FRESH_MS) return null;
    this.entries.set(id, { ...entry, usedAtMs: now });
    return entry.key;
  }

  /** Null for a key that does not exist. Requests that come at once share one look-up. */
  read(id: string): Promise<KnownKey | null> {
    const running = this.reads.get(id);
    if (running !== undefined) return running;
    const read = this.readAgain(id).finally(() => {
      if (this.reads.get(id) === read) this.reads.delete(id);
    });
    this.reads.set(id, read);
    return read;
  }

  /** As it is now, for a secret that does not fit what is known: the key may just have been rotated. */
  async readAgain(id: string): Promise<KnownKey | null> {
    const startedAtMs = this.clock.monotonicMs();
    const forgottenBefore = this.timesForgotten;
    const [key = null] = await this.repository.known([id]);
    if (key !== null && this.timesForgotten === forgottenBefore && this.entries.size < MOST_KEYS)
      this.entries.set(id, { key, readAtMs: startedAtMs, usedAtMs: startedAtMs });
    return key;
  }

  /** Its next use reads it again; in the other processes it goes within FRESH_MS. */
  forget(id: string): void {
    this.timesForgotten += 1;
    this.entries.delete(id);
    this.reads.delete(id);
  }

  private async refresh(): Promise<void> {
    this.dropIdle();
    const ids = [...this.entries.keys()];
    if (ids.length === 0) return;
    const startedAtMs = this.clock.monotonicMs();
    try {
      for (const key of await this.repository.known(ids)) this.renew(key, startedAtMs);
    } catch (error) {
      this.logger.warn(`API keys could not be refreshed: ${String(error)}`);
    }
  }

  /** Unless it was forgotten, or read, after this reading began. */
  private renew(key: KnownKey, readAtMs: number): void {
    const entry = this.entries.get(key.id);
    if (entry !== undefined && entry.readAtMs < readAtMs)
      this.entries.set(key.id, { key, readAtMs, usedAtMs: entry.usedAtMs });
  }

  private dropIdle(): void {
    const usedAfterMs = this.clock.monotonicMs() - IDLE_MS;
    for (const [id, { usedAtMs }] of this.entries) if (usedAtMs < usedAfterMs) this.entries.delete(id);
  }
}
