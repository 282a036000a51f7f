/** The consumer name of publication tickets: the command writes one for each event, and publishing it delivers it. */
export const LOG_CONSUMER = 'log';
