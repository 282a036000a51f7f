export { DealsHttpModule } from './deals-http.module.js';
export { DealsModule } from './deals.module.js';
export { DealsConfig } from './deals.config.js';
export { DealsWorkerModule } from './deals-worker.module.js';
