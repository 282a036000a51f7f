import type { MigrationInterface } from 'typeorm';
import { EventLayer0000000000001 } from './0001-event-layer.js';

/** Every migration in order. Forward only; each is safe beside the version before it. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [EventLayer0000000000001];
