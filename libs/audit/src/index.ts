export type { AuditEntry } from './audit-entry.js';
export { AuditLog } from './audit-log.js';
export { AuditModule } from './audit.module.js';
export { AuditConfig } from './audit.config.js';
export { AuditChainer } from './chain/audit-chainer.js';
export { AuditChainModule } from './audit-chain.module.js';
export { AuditWorkerModule } from './audit-worker.module.js';
