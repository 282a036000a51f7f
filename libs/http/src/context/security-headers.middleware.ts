import type { RequestHandler } from 'express';
import { securityHeaders } from './security-headers.js';
import type { SecurityHeaderOptions } from './security-headers.js';

/** Sets the security headers. */
export function setSecurityHeaders(options: SecurityHeaderOptions): RequestHandler {
  const fixed = [...securityHeaders(options)];
  return (_request, response, next) => {
    for (const [name, value] of fixed) response.setHeader(name, value);
    next();
  };
}
