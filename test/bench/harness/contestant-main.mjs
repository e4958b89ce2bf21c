/** Entry of a contestant's process: loads its module, measures once, sends the figures and ends. */
import { once } from 'node:events';

const [{ module, options, prepare }] = await once(process, 'message');
try {
  const contestant = await import(`../contestants/${module}.mjs`);
  if (prepare) await contestant.prepare(options);
  await answer({ figures: await contestant.measure(options) });
  process.exit(0);
} catch (error) {
  await answer({ error: error.stack ?? String(error) });
  process.exit(1);
}

function answer(message) {
  return new Promise((resolve) => process.send(message, resolve));
}
