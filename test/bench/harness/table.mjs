/** One Markdown table: the ratios of all suites first, each computed within a round, then what they are made of. */
import { median } from './statistics.mjs';

const HEAD = ['', 'median', 'min – max', 'goal'];

/** @param results of the suites: `{suite, measured}`, `measured[contestant]` a list of figures by round, null = failed */
export function tableOf(results) {
  const rows = [...results.flatMap(ratioRows), ...results.flatMap(figureRows)];
  return [HEAD, HEAD.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map(line).join('\n');
}

function ratioRows({ suite, measured }) {
  return suite.ratios.map(({ label, of, to, goal = '' }) => {
    const ratios = zip(valuesOf(measured, of), valuesOf(measured, to));
    return [`**${suite.name}** ${label}`, ...spread(ratios, (ratio) => `${ratio.toFixed(2)} ×`), goal];
  });
}

function figureRows({ suite, measured }) {
  return Object.entries(suite.contestants).flatMap(([key, contestant]) =>
    (contestant.figures ?? suite.figures).map(({ name, label, digits = 0, goal = {} }) => [
      `${suite.name}: ${contestant.label}, ${label}`,
      ...spread(
        valuesOf(measured, `${key}.${name}`).filter((value) => value !== undefined),
        (value) => withThousands(value, digits),
      ),
      goal[key] ?? '',
    ]),
  );
}

/** @param at `contestant.figure`. @returns a value for each round, undefined where it failed */
function valuesOf(measured, at) {
  const [key, figure] = at.split('.');
  return measured[key].map((figures) => figures?.[figure]);
}

function zip(of, to) {
  return of.map((value, round) => value / to[round]).filter((ratio) => Number.isFinite(ratio));
}

function spread(values, print) {
  if (values.length === 0) return ['failed', ''];
  return [print(median(values)), `${print(Math.min(...values))} – ${print(Math.max(...values))}`];
}

function withThousands(value, digits) {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}
