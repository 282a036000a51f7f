export { QuarantineSearchModule } from './search/quarantine-search.module.js';
