import { armedFailPoints, type FailPointAction, type FailPointName } from './fail-points.js';

// Not AppConfig: a fail point is no operator's setting, and must not appear among those that can be set.
// eslint-disable-next-line no-restricted-properties
const armed = armedFailPoints(process.env);

/**
 * A place where chaos tests end or stall this process (test/chaos). Decided once, when the module is loaded: without
 * armed points this is a call of an empty function. Synchronous, so that nothing else runs between the point and the end.
 */
export const failPoint: (name: FailPointName) => void = armed.size === 0 ? () => undefined : failAt;

function failAt(name: FailPointName): void {
  const point = armed.get(name);
  if (!point || Math.random() >= point.probability) return;
  process.stderr.write(`fail point ${name}: ${point.action.type}\n`);
  perform(point.action);
}

function perform(action: FailPointAction): void {
  switch (action.type) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'stall':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, action.durationMs);
      return;
  }
}
