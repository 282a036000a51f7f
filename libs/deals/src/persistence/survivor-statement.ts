import { prepared } from '#zakops/database';

/** The deal that goes on in place of a merged one, as `id`. */
export const SURVIVOR = prepared('SELECT zakops.surviving_deal($1) AS id');
