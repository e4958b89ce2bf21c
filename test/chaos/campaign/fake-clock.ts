import { rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/** Where glibc keeps shared memory and semaphores; the library makes one of each for every process. */
const SHARED_MEMORY = '/dev/shm';

/** How soon a running process sees a jump: the library looks at its file that often, not at each look at the clock. */
const LOOKS_EVERY_SECONDS = 1;

/** The wall clock of one process, which may jump while it runs; the monotonic clock goes on as it does on a real machine. */
export class FakeClock {
  constructor(
    private readonly library: string,
    private readonly file: string,
  ) {}

  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: String(LOOKS_EVERY_SECONDS),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /** A process that was killed could not do it. */
  tidyAfter(pid: number): void {
    for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`])
      rmSync(`${SHARED_MEMORY}/${name}`, { force: true });
  }

  /** @param seconds ahead of the machine's clock; 0 puts it right again */
  async jump(seconds: number): Promise<void> {
    await writeFile(`${this.file}.new`, seconds < 0 ? String(seconds) : `+${seconds}`);
    await rename(`${this.file}.new`, this.file);
  }
}
