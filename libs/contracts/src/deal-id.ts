import { z } from 'zod';

/** The id of a deal in an event. */
export const dealId = z.string().regex(/^DEAL-\d{6,}$/);
