import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Where the environment may be read; everything else is given its configuration. */
const READS_ENVIRONMENT = [
  // What a command inherits (PATH, HOME …) is the machine's, not this service's configuration.
  'libs/targets/src/command/command-environment.ts',
  'libs/platform/src/config/**',
  'apps/standalone/**',
  'test/**',
  '**/*.{spec,int-spec}.ts',
];

export default defineConfig(
  globalIgnores(['dist', 'dist.*', 'coverage', '.data*']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An interface asks for a promise; whether this implementation has something to wait for is its own business.
      '@typescript-eslint/require-await': 'off',
      // A logger or a template of ours is the place where numbers become text.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': ['error', environmentOnlyInConfig()],
    },
  },
  { files: READS_ENVIRONMENT, rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['**/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...timeAndChanceAreArguments()] },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
);

function environmentOnlyInConfig() {
  return {
    object: 'process',
    property: 'env',
    message: 'The environment is read in @app/platform/config; inject AppConfig.',
  };
}

/** The domain decides the same for the same arguments, whatever the clock says (architecture.md §4). */
function timeAndChanceAreArguments() {
  return [
    ['NewExpression[callee.name="Date"][arguments.length=0]', 'Take `now` as an argument.'],
    ['MemberExpression[object.name="Date"][property.name="now"]', 'Take `now` as an argument.'],
    ['MemberExpression[object.name="Math"][property.name="random"]', 'Take `random` as an argument.'],
  ].map(([selector, message]) => ({ selector, message }));
}
