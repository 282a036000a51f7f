/** Stands for publication in statistics, metrics and the view `zakops.outbox`. No consumer may have this name. */
export const LOG_CONSUMER = 'log';
