import { describe, expect, it } from '@jest/globals';
import { knownMetrics, metricsIn, rules } from './known-metrics.js';
import { read, readYaml } from './repository-files.js';

interface RuleTest {
  readonly name: string;
}

const alerts = rules.flatMap((rule) => (rule.alert ? [[rule.alert, rule] as const] : []));
const runbook = read('docs/runbook.md');
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);
const [{ tests: ruleTests = [] } = {}] = readYaml<{ tests: RuleTest[] }>('test/deploy/rules/alerts.test.yml');
const paths = Object.keys((JSON.parse(read('docs/openapi.json')) as { paths: object }).paths);

describe('rules', () => {
  it.each(rules.map((rule) => [rule.record ?? rule.alert, rule.expr] as const))(
    '%s asks for metrics that exist',
    (_name, expr) => {
      const names = metricsIn(expr);
      if (expr !== 'vector(1)') expect(names).not.toEqual([]);
      expect(names.filter((name) => !knownMetrics.has(name))).toEqual([]);
    },
  );
});

describe.each(alerts)('%s', (name, { labels, annotations }) => {
  it('says how urgent it is, what it means and where to read on', () => {
    expect(['page', 'ticket', 'none']).toContain(labels?.severity);
    expect(annotations).toMatchObject({
      summary: expect.any(String),
      description: expect.any(String),
      runbook_url: `docs/runbook.md#${name.toLowerCase()}`,
    });
  });

  it('has a section in the runbook', () => {
    expect([...sections.keys()]).toContain(name);
  });

  it('has tests: it fires, and it is silent', () => {
    const names = ruleTests.map((test) => test.name);
    expect(names.some((test) => test.startsWith(`${name} fires: `))).toBe(true);
    const isSilent = names.some((test) => test.startsWith(`${name} is silent: `));
    expect(isSilent || labels?.severity === 'none').toBe(true);
  });
});

describe('the runbook', () => {
  it('has no section for an alert that does not exist', () => {
    expect([...sections.keys()].sort()).toEqual(alerts.map(([name]) => name).sort());
  });

  it.each([...sections])('names endpoints that exist under %s', (_name, section) => {
    const called = [...section.matchAll(/(?:\$API|\$WORKER|(?:GET|POST|PUT|PATCH|DELETE) )(\/[\w/{}$-]*)/g)];
    const templates = called.map(([, path = '']) => path.replace(/\$\w+|\{\w+\}/g, '{}'));
    const known = paths.map((path) => path.replace(/\{\w+\}/g, '{}'));
    expect(templates.filter((path) => !known.includes(path))).toEqual([]);
  });

  it.each([...sections])('names metrics that exist under %s', (_name, section) => {
    const patterns = [...section.matchAll(/grep (?:-E )?'?\^?\(?([^'\n]*)'?/g)].map(([, text = '']) => text);
    const prose = [...section.matchAll(/`((?:scheduler|nodejs|process)_\w+)`/g)].map(([, name = '']) => name);
    for (const pattern of patterns.flatMap(alternatives).concat(prose)) {
      const isKnown = [...knownMetrics].some((metric) => metric.startsWith(pattern));
      expect([pattern, isKnown]).toEqual([pattern, true]);
    }
  });
});

/** `scheduler_(a|b)` as `scheduler_a` and `scheduler_b`: enough of a pattern to look names up by their beginning. */
function alternatives(pattern: string): string[] {
  const names = pattern.replace(/[{.].*$/, '').replace(/\)$/, '');
  if (!/^(scheduler|nodejs|process)_/.test(names)) return [];
  const [, head = '', inner = ''] = /^(\w+_)\(([^()]*)/.exec(names) ?? [];
  return head === '' ? [names] : inner.split('|').map((part) => head + part);
}
