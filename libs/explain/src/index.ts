export { ExplainHttpModule } from './explain-http.module.js';
export { ExplainModule } from './explain.module.js';
export type { ExplanationResponse } from './http/dto/explanation.response.js';
export { toExplanationResponse } from './http/to-explanation-response.js';
export { ExplainEvent } from './queries/explain-event/explain-event.query.js';
