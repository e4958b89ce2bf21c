const LONGEST_DRAIN_MS = 30_000;

/**
 * Ends this process when the one that started it is gone, also when that one was killed outright.
 *
 * `npm start` runs the apps with an IPC channel, and the kernel closes it whatever way the parent dies. Without such a
 * channel (a container, systemd) nothing happens. The way out is SIGTERM to oneself, so the app drains as on a deploy.
 */
export function exitWhenParentGoes(): void {
  if (!process.channel) return;
  process.once('disconnect', () => {
    survivePipesWithoutReader();
    setTimeout(() => process.exit(1), LONGEST_DRAIN_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // The channel must not keep an app alive that is otherwise done.
  process.channel.unref();
}

/** The parent read our output; what the drain still prints would otherwise end it with EPIPE. */
function survivePipesWithoutReader(): void {
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}
