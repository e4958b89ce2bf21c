/**
 * A number in [0, 2³²) that depends on `text` alone, on every machine and in every release: schedules keep their `H`
 * and their jitter through upgrades, so this function must never change.
 * FNV-1a, then the finaliser of MurmurHash3, because the ids of schedules made together differ in few characters only.
 */
function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stable whole number in [low, high]. */
export function stableNumberIn(text: string, low: number, high: number): number {
  return low + Math.floor((stableHash(text) / 2 ** 32) * (high - low + 1));
}
