import path from 'node:path';
import { FakeClock } from './fake-clock.js';
import type { Machine } from './machine.js';
import { SmallDisk } from './small-disk.js';

/** What some faults need of the machine, and not every machine has. */
export type Need = 'fake-clock' | 'small-disk';

export const WHY_MISSING: Readonly<Record<Need, string>> = {
  'fake-clock': 'libfaketime is not installed (Debian package faketime)',
  'small-disk': 'this user may not mount a tmpfs',
};

/** Room for a campaign's rows and its log of changes, and soon full. */
const POSTGRES_MB = 1_536;
const REDIS_MB = 128;

/** Only what the campaign's faults need: a preloaded library and a file system of its own may have effects of their own. */
export class Equipment {
  private constructor(
    private readonly machine: Machine,
    private readonly clockLibrary: string | null,
    readonly postgresDisk: SmallDisk | null,
    readonly redisDisk: SmallDisk | null,
  ) {}

  static async get(machine: Machine, needs: ReadonlySet<Need>): Promise<Equipment> {
    const wantsDisks = needs.has('small-disk');
    return new Equipment(
      machine,
      needs.has('fake-clock') ? await machine.clockLibrary() : null,
      wantsDisks ? await mounted(machine, 'postgres-disk', POSTGRES_MB) : null,
      wantsDisks ? await mounted(machine, 'redis-disk', REDIS_MB) : null,
    );
  }

  has(need: Need): boolean {
    return need === 'fake-clock' ? this.clockLibrary !== null : this.postgresDisk !== null;
  }

  async clockFor(name: string): Promise<FakeClock | null> {
    if (this.clockLibrary === null) return null;
    const clock = new FakeClock(this.clockLibrary, path.join(this.machine.folder, `${name}.clock`));
    await clock.jump(0);
    return clock;
  }
}

async function mounted(machine: Machine, name: string, megabytes: number): Promise<SmallDisk | null> {
  const folder = await machine.mountTmpfs(name, megabytes);
  return folder === null ? null : new SmallDisk(folder);
}
