import tseslint from 'typescript-eslint';

/** Type-checked rules at their strictest; every exception below says why. */
export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/explicit-member-accessibility': ['error', { accessibility: 'no-public' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      // Nest modules are classes without members, and `class XConfig extends defineConfig(...) {}` is our settings pattern.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true, allowStaticOnly: true }],
      // Decorators read parameter types at run time; an interface there is caught by the compiler.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Nest types its option objects as classes and documents them as literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-console': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['libs/*/src/**/*.ts'],
    // run-as passes PATH on to the programs it starts; that is no setting.
    ignores: ['libs/testing/**', '**/*spec.ts', 'libs/embedded-postgres/src/run-as.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Settings are read by libs/config alone.' }],
    },
  },
  {
    // `run` joins the transaction of a call with an idempotency key (docs/adr/0008). A loop, a timer or a cache may outlive the call that
    // started it, so everything but a command's handler has a transaction of its own.
    files: ['{libs,apps}/*/src/**/*.ts'],
    ignores: ['**/*.handler.ts', '**/*spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='run'][callee.object.property.name='unitOfWork']",
          message: "Only a command's handler may join the transaction of its call: use `runApart` here.",
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*-spec.ts', '**/test/**/*.ts', 'libs/testing/**/*.ts'],
    rules: {
      // Jest's matchers and mocks are typed with any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Benchmarks and document generators print; that is their answer.
    files: ['bench/**/*.ts', 'docs/generate/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
