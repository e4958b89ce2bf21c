import { expect, it } from '@jest/globals';
import { read } from './repository-files.js';

interface Locked {
  readonly link?: boolean;
  readonly integrity?: string;
}

it('the lock has a hash for each package, also for those of other platforms', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
  const unverified = Object.entries(packages).filter(
    ([location, { link, integrity }]) => location !== '' && !link && !integrity,
  );
  expect(unverified.map(([location]) => location)).toEqual([]);
});
