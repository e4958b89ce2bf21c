import { readFile, writeFile } from 'node:fs/promises';

/** What Linux writes there to begin a new peak. */
const RESET_PEAK = '5';

/** A process's memory as the kernel counts it: what is resident now, and the most since the last reset. Linux only. */
export class ResidentMemory {
  constructor(private readonly pid: number) {}

  async beginPeak(): Promise<number> {
    await writeFile(`/proc/${this.pid}/clear_refs`, RESET_PEAK);
    return this.megabytes('VmRSS');
  }

  peak(): Promise<number> {
    return this.megabytes('VmHWM');
  }

  private async megabytes(field: 'VmRSS' | 'VmHWM'): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
    return Number(kilobytes) / 1024;
  }
}
