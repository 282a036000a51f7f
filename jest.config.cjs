// Own code becomes CommonJS, Nest stays ESM and is loaded by require(esm): the fastest of the setups that work with Nest 12.
const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const shared = {
  testEnvironment: 'node',
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  transformIgnorePatterns: ['/node_modules/'],
  moduleNameMapper: {
    '^#zakops/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'],
  },
};

/** @type {import('jest').Config} */
module.exports = {
  globalSetup: '<rootDir>/test/setup/global-setup.mjs',
  globalTeardown: '<rootDir>/test/setup/global-teardown.mjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.(int|e2e|cli|chaos|mig|proxy|sec|avail|mon|deploy|image|upgrade|clients)-spec\\.ts$'],
    },
    { ...shared, displayName: 'integration', testMatch: ['**/*.int-spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['**/*.e2e-spec.ts'] },
    { ...shared, displayName: 'cli', testMatch: ['**/*.cli-spec.ts'] },
    { ...shared, displayName: 'chaos', testMatch: ['**/*.chaos-spec.ts'] },
    { ...shared, displayName: 'migrations', testMatch: ['**/*.mig-spec.ts'] },
    { ...shared, displayName: 'proxy', testMatch: ['**/*.proxy-spec.ts'] },
    { ...shared, displayName: 'security', testMatch: ['**/*.sec-spec.ts'] },
    { ...shared, displayName: 'availability', testMatch: ['**/*.avail-spec.ts'] },
    { ...shared, displayName: 'monitoring', testMatch: ['**/*.mon-spec.ts'] },
    { ...shared, displayName: 'manifests', testMatch: ['**/*.deploy-spec.ts'] },
    { ...shared, displayName: 'image', testMatch: ['**/*.image-spec.ts'] },
    { ...shared, displayName: 'clients', testMatch: ['**/*.clients-spec.ts'] },
    { ...shared, displayName: 'upgrade', testMatch: ['**/*.upgrade-spec.ts'] },
  ],
  testTimeout: 30_000,
  maxWorkers: 2,
};
