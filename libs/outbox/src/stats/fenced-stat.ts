/** Member of a worker's heartbeat stats: how often its work was refused because another worker had taken it over. */
export const FENCED_STAT = 'outbox_fenced_acknowledgements';
