/** The image's HEALTHCHECK, `node healthcheck.mjs [port]`: ends with 0 when the app in this container says it is ready. */
const port = process.argv[2] || process.env.PORT || '3000';

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error(`port ${port}: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
