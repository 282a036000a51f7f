export type { ComponentHealth, ComponentState, HealthContributor } from './components/health-contributor.js';
export { ContributesHealth } from './components/contributes-health.js';
export type { HealthContributorOptions } from './components/contributes-health.js';
export { HealthModule } from './health.module.js';
export { GetSystemHealth } from './queries/get-system-health/get-system-health.query.js';
export type { SystemHealth } from './queries/get-system-health/get-system-health.query.js';
