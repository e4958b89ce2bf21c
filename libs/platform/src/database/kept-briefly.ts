import DataLoader from 'dataloader';

interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly untilMs: number;
}

const MAX_KEPT = 2_000;
const MAX_BATCH = 500;

/**
 * What changes rarely and is asked for at every run: asked once in `keptMs` for each key, and for all keys that are asked
 * for together in one statement.
 */
export class KeptBriefly<Value> {
  private readonly kept = new Map<string, Kept<Value>>();
  private readonly loader: DataLoader<string, Value>;

  constructor(
    loadAll: (keys: readonly string[]) => Promise<Value[]>,
    private readonly keptMs: number,
    private readonly monotonicMs: () => number,
  ) {
    this.loader = new DataLoader<string, Value>(loadAll, { cache: false, maxBatchSize: MAX_BATCH });
  }

  of(key: string): Promise<Value> {
    const kept = this.kept.get(key);
    if (kept && kept.untilMs > this.monotonicMs()) return kept.value;
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    const value = this.loader.load(key);
    this.kept.set(key, { value, untilMs: this.monotonicMs() + this.keptMs });
    value.catch(() => this.kept.delete(key)); // a failure is for those who asked, not for those who come later
    return value;
  }
}
