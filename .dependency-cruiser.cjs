const KERNEL = '^libs/kernel/';
const CONTRACTS = '^libs/contracts/';
const PLATFORM = '^libs/(config|postgres|metrics|tracing|database|observability|embedded-postgres|figures)/';
const CAPABILITY =
  '^libs/(http|rate-limit|auth|idempotency|audit|worker-health|processes|health|outbox|sse|dlq|monitoring|search|timeline|vocabulary|ops|explain|lookup)/';
const FEATURE = '^libs/(deals|operators|quarantine)/';
const TESTING = '^libs/testing/';
const APPS = '^apps/';
const TEST_CODE = '(\\.(int-|e2e-|cli-|chaos-|avail-|mon-|deploy-|image-|upgrade-)?spec\\.ts$|/test/|^test/|^libs/testing/|-spec\\.ts$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or there is a third that both need.',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kernel-stands-alone',
      comment: 'The kernel is what everything else is made of: it must be usable without any package, framework or other lib.',
      severity: 'error',
      from: { path: KERNEL, pathNot: TEST_CODE },
      to: { pathNot: KERNEL, dependencyTypesNot: ['core'] },
    },
    {
      name: 'contracts-know-only-the-kernel',
      comment: 'Contracts are where features meet; if they knew one, all would.',
      severity: 'error',
      from: { path: CONTRACTS, pathNot: TEST_CODE },
      to: { path: `(${PLATFORM}|${CAPABILITY}|${FEATURE}|${APPS}|${TESTING})` },
    },
    {
      name: 'platform-below-capabilities',
      comment: 'The platform (settings, database, logs) serves every capability, so it may know none of them.',
      severity: 'error',
      from: { path: PLATFORM, pathNot: TEST_CODE },
      to: { path: `(${CAPABILITY}|${FEATURE}|${APPS}|${TESTING})` },
    },
    {
      name: 'health-and-monitoring-only-collect',
      comment: 'Each lib reports on itself, and discovery finds its reports: another component must not change the collectors.',
      severity: 'error',
      from: { path: '^libs/(health|monitoring)/', pathNot: TEST_CODE },
      to: {
        path: '^libs/(audit|dlq|health|idempotency|monitoring|outbox|processes|sse|worker-health)/',
        pathNot: '^libs/(health|monitoring|processes/src/index\\.ts$)',
      },
    },
    {
      name: 'capabilities-below-features',
      comment: 'A capability (outbox, streams, dead letters ...) serves every feature, so it may know none of them.',
      severity: 'error',
      from: { path: CAPABILITY, pathNot: TEST_CODE },
      to: { path: `(${FEATURE}|${APPS}|${TESTING})` },
    },
    {
      name: 'features-do-not-know-each-other',
      comment: 'Features meet in contracts and through events; a direct import would weld them together.',
      severity: 'error',
      from: { path: '^libs/(deals|operators|quarantine)/', pathNot: TEST_CODE },
      to: { path: `(${FEATURE}|${APPS}|${TESTING})`, pathNot: '^libs/$1/' },
    },
    {
      name: 'nobody-imports-an-app',
      comment: 'An app is a composition: what another part needs belongs in a lib. The tests of a lib may start the API it is a part of.',
      severity: 'error',
      from: { pathNot: `(^apps/([^/]+)/|${TEST_CODE})` },
      to: { path: APPS },
    },
    {
      name: 'apps-do-not-know-each-other',
      comment: 'Processes meet in the database.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: APPS, pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-by-their-alias',
      comment: 'Only what index.ts exports is public; a path into another lib would make everything public.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: TEST_CODE },
      to: { path: '^libs/', pathNot: '^libs/($1/|[^/]+/src/index\\.ts$)' },
    },
    {
      name: 'apps-use-public-surfaces',
      comment: 'Apps compose what libs offer; a path into a lib would make everything public.',
      severity: 'error',
      from: { path: APPS, pathNot: TEST_CODE },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'domain-holds-no-packages',
      comment: 'Rules of the business must be readable and testable without a framework or a database.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/domain/', pathNot: TEST_CODE },
      to: { pathNot: `(^libs/[^/]+/src/domain/|${KERNEL}|${CONTRACTS})`, dependencyTypesNot: ['core'] },
    },
    {
      name: 'persistence-knows-no-http',
      comment: 'How a row is stored must not depend on how an answer looks.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/persistence/' },
      to: { path: '(^libs/[^/]+/src/http/|^libs/http/)' },
    },
    {
      name: 'test-code-only-in-tests',
      comment: 'Builders, fakes and clients for tests must not reach the product.',
      severity: 'error',
      from: { pathNot: TEST_CODE },
      to: { path: TEST_CODE },
    },
    {
      name: 'no-dev-packages-in-the-product',
      comment: 'The image installs run-time packages only.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: TEST_CODE },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'What is not in package.json may be gone with the next install.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be resolved fails at run time.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.depcruise.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
