export { ACTION_STATUSES_OF_DASHBOARD, DASHBOARD_ACTION_STATUSES, DASHBOARD_STAGES, STAGES_OF_DASHBOARD } from './vocabularies.js';
export { LATER_CALLS } from './later-calls.js';
export { VocabularyModule } from './vocabulary.module.js';
