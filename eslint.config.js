import tseslint from 'typescript-eslint';

/** In the pure core and in folds time and chance come from outside, so that a replay gives what was. */
const impure = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'The time comes from outside.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'The time comes from outside.' },
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'The time comes from outside.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Chance comes from outside.',
  },
  { selector: 'MemberExpression[object.name="performance"]', message: 'The time comes from outside.' },
  { selector: 'MemberExpression[object.name="crypto"]', message: 'Chance comes from outside.' },
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', '.dispatch/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // `Position | 'start'` tells a reader what `string` does not.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // `void promise` says that a promise is left alone on purpose.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      // An async function that has nothing to wait for may still have to answer by a promise.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    // The rules above; the pages are a program of their own to the compiler.
    files: ['apps/cockpit/**/*.{ts,tsx}'],
    languageOptions: {
      parserOptions: { project: './apps/cockpit/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    files: ['libs/ticket/**/*.ts', 'projections/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...impure] },
  },
  {
    // Ports and adapters here are closures: their functions know no `this` and may be passed about.
    files: ['libs/**/*.ts', 'projections/**/*.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['**/*.spec.ts', '**/testing/**/*.ts', '**/conformance.ts', '**/conformance/**/*.ts', 'test/**/*.ts'],
    rules: {
      'no-console': 'off',
      // Answers of a server and matchers are of type any in tests; what they hold is what the test checks.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
);
