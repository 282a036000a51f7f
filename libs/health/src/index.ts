export type { ComponentHealth, ComponentState, HealthContributor, ProbeLine } from './components/health-contributor.js';
export { ContributesHealth } from './components/contributes-health.js';
export type { HealthContributorOptions } from './components/contributes-health.js';
export { checkDrainConfig, DrainConfig } from './drain.config.js';
export { HealthModule } from './health.module.js';
export { Draining } from './probes/draining.js';
export { GetSystemHealth } from './queries/get-system-health/get-system-health.query.js';
export type { SystemHealth } from './queries/get-system-health/get-system-health.query.js';
export { FailingLoopResponse } from './http/dto/failing-loop.response.js';
