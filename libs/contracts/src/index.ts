export { toCloudEvent } from './cloud-event.js';
export type { CloudEvent, StoredEvent } from './cloud-event.js';
export { DEAL_STAGES } from './deal-stage.js';
export type { DealStage } from './deal-stage.js';
export type { EventDefinition } from './define-event.js';
export { assertEventFits, EVENT_TYPES, eventCatalogue, isEventType, makeEvent } from './event-catalogue.js';
export type { CatalogueEvent, EventData, EventType } from './event-catalogue.js';
export { EventSchemaError, UnknownEventTypeError } from './event-catalogue.errors.js';
export { eventPatternsToRegex, isEventPattern, matchesEventPattern } from './event-pattern.js';
