/** Steps through the instants of a few expressions and takes the time of a step. */
import { fromProduct } from './product.mjs';

const TIMEZONE = 'America/New_York';
const START = Date.UTC(2026, 0, 1);
const MEASURE_MS = 400;
/** After so many steps from the start again: yearly stays within this century, as in practice. */
const CASES = {
  daily: { expression: '30 2 * * *', steps: 2_000 },
  yearly: { expression: '0 12 29 3 *', steps: 50 },
  minutely: { expression: '* * * * *', steps: 5_000 },
};

const LIBRARIES = { ours, cronParser, croner };

export async function measure({ library }) {
  const figures = {};
  for (const [name, { expression, steps }] of Object.entries(CASES)) {
    figures[name] = microsPerStep(await LIBRARIES[library](expression), steps);
  }
  return figures;
}

/** Each gives a function that starts anew and one that steps. */
async function ours(cronExpression) {
  const { compileRecurrence } = await fromProduct('libs/schedules/src/domain/index.js');
  const spec = {
    type: 'cron',
    cronExpression,
    timezone: TIMEZONE,
    dstGap: 'next_valid',
    dstOverlap: 'first',
  };
  const recurrence = compileRecurrence(spec, { startAt: null, endAt: null }, 'bench');
  let at = START;
  return { restart: () => (at = START), step: () => (at = recurrence.nextAfter(at)) };
}

async function cronParser(expression) {
  const { CronExpressionParser } = await import('cron-parser');
  const iterator = CronExpressionParser.parse(expression, { tz: TIMEZONE, currentDate: new Date(START) });
  return { restart: () => iterator.reset(new Date(START)), step: () => iterator.next().getTime() };
}

async function croner(expression) {
  const { Cron } = await import('croner');
  const cron = new Cron(expression, { timezone: TIMEZONE, paused: true });
  let at = new Date(START);
  return { restart: () => (at = new Date(START)), step: () => (at = cron.nextRun(at)) };
}

function microsPerStep(walk, steps) {
  const warmUntil = performance.now() + MEASURE_MS;
  while (performance.now() < warmUntil) walkOnce(walk, steps);
  let walks = 0;
  const startedAt = performance.now();
  while (performance.now() < startedAt + MEASURE_MS) {
    walkOnce(walk, steps);
    walks++;
  }
  return ((performance.now() - startedAt) * 1_000) / (walks * steps);
}

function walkOnce({ restart, step }, steps) {
  restart();
  for (let i = 0; i < steps; i++) step();
}
