/** Who may import whom: architecture.md §4, checked by `npm run check:imports`. */
const FEATURES = ['jobs', 'schedules', 'targets', 'executions', 'scheduler', 'secrets', 'access', 'audit'];

/** `from` must not import any of `to`. */
function libMustNotImport(from, to, why) {
  return {
    name: `${from}-imports-no-${to.length > 3 ? 'feature' : to.join('-or-')}`,
    comment: why,
    severity: 'error',
    from: { path: `^libs/${from}/` },
    to: { path: `^libs/(${to.join('|')})/` },
  };
}

const withoutSelf = (lib) => FEATURES.filter((feature) => feature !== lib);

module.exports = {
  forbidden: [
    libMustNotImport(
      'platform',
      [...FEATURES, 'metrics'],
      'The platform is a shelf of tools; it knows no feature.',
    ),
    libMustNotImport('metrics', FEATURES, 'Features declare their own metrics where they measure.'),
    libMustNotImport('targets', withoutSelf('targets'), 'A runner knows no database and no queue.'),
    libMustNotImport('audit', withoutSelf('audit'), 'Who keeps what was changed does not know what it is.'),
    libMustNotImport(
      'access',
      ['jobs', 'schedules', 'executions', 'scheduler', 'secrets'],
      'Who may call does not know what is called for.',
    ),
    libMustNotImport(
      'secrets',
      ['jobs', 'schedules', 'executions', 'scheduler'],
      'Who keeps a secret does not know what it is for; a runner is handed it and knows no database.',
    ),
    libMustNotImport(
      'jobs',
      ['schedules', 'executions', 'scheduler', 'secrets'],
      'What to run knows neither when nor how often, and names secrets without knowing them.',
    ),
    libMustNotImport('schedules', ['executions', 'scheduler'], 'When to run does not know the runs.'),
    libMustNotImport('executions', ['schedules', 'scheduler'], 'A run does not care who asked for it.'),
    {
      name: 'doors-only',
      comment: "Nothing imports past another lib's index.ts.",
      severity: 'error',
      from: { path: '^(?:libs/([^/]+)|apps|test|migrations)/' },
      to: { path: '^libs/(?!platform/)[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$1/' },
    },
    {
      name: 'doors-only-platform',
      comment: 'Each folder of the platform has its own index.ts.',
      severity: 'error',
      from: { path: '^(?:libs/platform/src/([^/]+)|libs/(?!platform/)|apps|test|migrations)' },
      to: { path: '^libs/platform/src/[^/]+/(?!index\\.ts$)', pathNot: '^libs/platform/src/$1/' },
    },
    {
      name: 'apps-are-roots',
      comment: 'An app is a composition root; nobody imports it.',
      severity: 'error',
      from: { path: '^(?:apps/([^/]+)|libs|migrations)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'The domain imports the domain (its own, or one below through its door), types and libraries that only compute.',
      severity: 'error',
      from: { path: '/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '/domain/',
          '^libs/[^/]+/src/index\\.ts$',
          '(^|/)(cron-parser|cronstrue|uuid)(/|$)',
          '^(node:)?crypto$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'http-is-private',
      comment:
        "Controllers and DTOs leave their folder through the lib's index only. That of targets has none: it calls.",
      severity: 'error',
      from: { pathNot: '(/http/|/src/index\\.ts$|\\.(int-)?spec\\.ts$)' },
      to: { path: '^libs/(?!(?:platform|targets)/)[^/]+/src/http/' },
    },
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-dev-dependencies',
      comment: 'What ships runs with `npm ci --omit=dev`.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: '(\\.(int-)?spec\\.ts$|/testing/)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.d.ts'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
