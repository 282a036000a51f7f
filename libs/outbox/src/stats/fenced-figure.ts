/** By this name a worker tells with its heartbeats how often its work was refused because another one had taken it over. */
export const FENCED_FIGURE = 'outbox_fenced_acknowledgements';
