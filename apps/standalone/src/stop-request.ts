const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C may arrive twice: from the terminal and, forwarded, from npm. Later than this it is a second wish. */
const IMPATIENT_AFTER_MS = 1_000;

export interface StopRequest {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  readonly received: Promise<void>;
}

/** @param onImpatience called when somebody asks again while things are being stopped. */
export function listenForStop(onImpatience: () => void): StopRequest {
  const controller = new AbortController();
  const received = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let firstAt: number | undefined;
  const onSignal = () => {
    firstAt ??= performance.now();
    controller.abort();
    if (performance.now() - firstAt > IMPATIENT_AFTER_MS) onImpatience();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, received };
}
