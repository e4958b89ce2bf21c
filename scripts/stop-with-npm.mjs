const POLL_MS = 250;

/**
 * npm runs a script through a shell. SIGTERM to npm ends that shell and not what the shell runs, so `kill <npm>` would
 * leave the service behind without an owner. An orphan gets another parent; that is the only sign of it.
 */
export function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS);
  watch.unref();
}
