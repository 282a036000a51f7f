export { MonitoringConfig } from './monitoring.config.js';
export { MonitoringModule } from './monitoring.module.js';
export { SystemFigures } from './system/system-figures.js';
export { WorkerMonitoringModule } from './worker-monitoring.module.js';
