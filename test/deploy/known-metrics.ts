import { collectDefaultMetrics, Registry } from 'prom-client';
import { filesBelow, read, readYaml } from './repository-files.js';

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

export const rules: readonly Rule[] = filesBelow('docker/prometheus/rules', '.yml')
  .flatMap((file) => readYaml<RuleFile>(file))
  .flatMap(({ groups }) => groups.flatMap((group) => group.rules));

/** Declared in the sources, by prom-client itself, made by Prometheus, or recorded by a rule. */
export const knownMetrics: ReadonlySet<string> = new Set([
  ...declaredMetrics(),
  ...defaultMetrics(),
  ...rules.flatMap(({ record }) => record ?? []),
  'up',
  'ALERTS',
]);

function declaredMetrics(): string[] {
  return filesBelow('libs', '.ts')
    .filter((file) => !file.endsWith('spec.ts'))
    .flatMap((file) => [...read(file).matchAll(/new (Counter|Gauge|Histogram)\(\{\s*name: '(\w+)'/g)])
    .flatMap(([, kind, name = '']) =>
      kind === 'Histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    );
}

function defaultMetrics(): string[] {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  registry.clear();
  return names;
}

const KEYWORDS = new Set(['or', 'and', 'unless', 'by', 'without', 'on', 'offset', 'e']);

/** Metric names in an expression: words that are no function, keyword, label, duration or string. */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(by|without|on) ?\([^)]*\)|\boffset \w+/g, '');
  const words = [...bare.matchAll(/(?<![\w:.])([a-z_][a-z0-9_:]*)\b(?!\s*\()/gi)].map(
    ([, word = '']) => word,
  );
  return words.filter((word) => !KEYWORDS.has(word));
}
