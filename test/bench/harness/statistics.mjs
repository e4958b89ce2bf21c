export function median(values) {
  return quantile(values, 0.5);
}

/** Nearest rank: always a value that was measured. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

/** p50, p99 and max of some times. */
export function spreadOf(times) {
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: quantile(times, 1) };
}
