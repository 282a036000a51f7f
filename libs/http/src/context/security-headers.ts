import type { Request, Response } from 'express';
import helmet from 'helmet';

const YEAR_SECONDS = 31_536_000;

/** Where headers are for. */
export interface SecurityHeaderOptions {
  /** Adds HSTS, which would pin browsers of developers to https on localhost. */
  readonly production: boolean;
  /** For the documents page only: Swagger UI writes style attributes and shows data: images. */
  readonly inlineStyles: boolean;
}

/** The security headers, which are the same for every answer. */
export function securityHeaders(options: SecurityHeaderOptions): ReadonlyMap<string, string> {
  return collect(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          objectSrc: ["'none'"],
          ...(options.inlineStyles ? { styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'] } : {}),
        },
      },
      strictTransportSecurity: options.production ? { maxAge: YEAR_SECONDS, includeSubDomains: true } : false,
      referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
      xFrameOptions: { action: 'deny' },
    }),
  );
}

/** Asks for them once, of a response that is none. */
function collect(headers: ReturnType<typeof helmet>): ReadonlyMap<string, string> {
  const collected = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => collected.set(name, value),
    removeHeader: () => undefined,
  } as unknown as Response;
  headers({} as Request, response, (error?: unknown) => {
    if (error !== undefined) throw new Error('The security headers cannot be made.', { cause: error });
  });
  // Answers are about one caller's deals; what has an entity tag may be kept by its caller, and says so itself.
  collected.set('Cache-Control', 'no-store');
  return collected;
}
