/**
 * What `promise` gives, or `onLate` when it has given nothing after `ms`: what it stands for goes on all the same, and how that
 * ends is nobody's concern any more.
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
 * Waits for work to end, but no longer: for a process that ends, where BullMQ waits for ever for a queue that has not answered
 * since the process began.
 */
export async function settledWithin(ms: number, work: Promise<unknown>): Promise<void> {
  await within(ms, work, () => undefined);
}
