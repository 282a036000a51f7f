export { QuarantineConfig } from './quarantine.config.js';
export { QuarantineHttpModule } from './quarantine-http.module.js';
export { QuarantineModule } from './quarantine.module.js';
export { QuarantineSearchModule } from './search/quarantine-search.module.js';
