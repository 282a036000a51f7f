import type { RequestHandler } from 'express';
import helmet from 'helmet';

const YEAR_SECONDS = 31_536_000;

/**
 * Sets the security headers.
 *
 * @param options.production - adds HSTS, which would pin browsers of developers to https on localhost
 * @param options.inlineStyles - for the documents page only: Swagger UI writes style attributes and shows data: images
 */
export function securityHeaders(options: { readonly production: boolean; readonly inlineStyles: boolean }): RequestHandler {
  const headers = helmet({
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
  });
  return (request, response, next) => {
    headers(request, response, (error?: unknown) => {
      // Helmet turns the old filter off; the first version of this API promised it on.
      response.setHeader('X-XSS-Protection', '1; mode=block');
      // Answers are about one caller's deals; what may be cached says so itself.
      response.setHeader('Cache-Control', 'no-store');
      next(error);
    });
  };
}
