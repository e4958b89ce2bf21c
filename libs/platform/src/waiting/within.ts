/**
 * What `promise` gives, or what `onLate` gives when it has not settled after `ms`. The work behind it goes on, and how it
 * ends is ignored.
 */
export async function within<Given, Late>(
  ms: number,
  promise: Promise<Given>,
  onLate: () => Late,
): Promise<Given | Late> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))).then(onLate);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Waits until the work has ended, or `ms` have passed: for a process that ends, where BullMQ would wait for ever for a
 * queue that has not answered since the process began.
 */
export async function settledWithin(ms: number, work: Promise<unknown>): Promise<void> {
  await within(ms, work, () => undefined);
}
