export { MonitoringConfig } from './monitoring.config.js';
export { MonitoringModule } from './monitoring.module.js';
export { SystemMetrics } from './system/system-metrics.js';
export { WorkerMonitoringModule } from './worker-monitoring.module.js';
