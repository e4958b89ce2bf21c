/** One run of the bench: every contestant of every suite, round by round, then one table and one JSON file. */
import { removeCode } from './harness/code.mjs';
import { describeMachine, untilQuiet } from './harness/machine.mjs';
import { readOptions } from './harness/options.mjs';
import { writeResults } from './harness/results.mjs';
import { Stage } from './harness/stage.mjs';
import { tableOf } from './harness/table.mjs';
import { suites } from './suites/index.mjs';

/** @returns whether every contestant finished */
export async function bench(args) {
  const options = readOptions(args, Object.keys(suites));
  const stage = await Stage.open(options);
  try {
    const machine = await describeMachine(stage.adminUrl);
    const loadBefore = await untilQuiet(options.quietSeconds);
    const results = [];
    for (const name of options.only) results.push(await runSuite(stage, suites[name], options));
    const report = { machine, loadBefore, finishedAt: new Date().toISOString(), options, results };
    const table = tableOf(results);
    console.log(`\n${table}\n`);
    console.log(`Written to ${await writeResults(report, table)}.`);
    return results.every(({ failures }) => failures.length === 0);
  } finally {
    await stage.close();
    await removeCode();
  }
}

/** Round by round, contestant by contestant, so that a slower minute of the machine hits all of them. */
async function runSuite(stage, suite, { rounds }) {
  const measured = Object.fromEntries(Object.keys(suite.contestants).map((key) => [key, []]));
  const failures = [];
  for (let round = 1; round <= rounds; round++) {
    for (const [key, contestant] of inTurn(suite.contestants, round)) {
      const outcome = await stage.measure(`${suite.name}-${key}`, contestant).catch((error) => ({ error }));
      if (outcome.error) failures.push({ key, round, message: outcome.error.message });
      measured[key].push(outcome.error ? null : outcome);
      console.log(`${suite.name} ${round}/${rounds} ${key}: ${describe(outcome)}`);
    }
  }
  await stage.forget(suite.name);
  return { suite, measured, failures };
}

/** Every other round the other way round: whoever comes after a hungry neighbour does not always do so. */
function inTurn(contestants, round) {
  const entries = Object.entries(contestants);
  return round % 2 === 1 ? entries : entries.reverse();
}

function describe(outcome) {
  if (outcome.error) return `failed: ${outcome.error.message}`;
  return Object.entries(outcome)
    .map(([figure, value]) => `${figure} ${Number(value.toPrecision(4))}`)
    .join(', ');
}
