import type { RequestHandler } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const PREFLIGHT_SECONDS = 600;
const REQUEST_HEADERS = [
  'Authorization',
  // Libraries for event streams and for requests send this one and X-Requested-With on their own account.
  'Cache-Control',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'traceparent',
  'X-Correlation-ID',
  'X-CSRF-Token',
  'X-Idempotency-Key',
  'X-Requested-With',
  'X-Trace-ID',
  'X-ZakOps-Vocabulary',
].join(', ');
const EXPOSED_HEADERS = [
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Last-Event-ID',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
  'traceparent',
  'X-Correlation-ID',
  'X-Delivery-Paused',
  'X-Next-Cursor',
  'X-Trace-ID',
].join(', ');

/** Lets pages of the given origins call the API with credentials; a browser keeps every other page from reading the answers. */
export function cors(allowed: readonly string[]): RequestHandler {
  const origins = new Set(allowed);
  return (request, response, next) => {
    // Caches must keep answers for different origins apart, also the ones without an origin.
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin !== undefined && origins.has(origin)) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    }
    const isPreflight =
      request.method === 'OPTIONS' && origin !== undefined && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight || request.notes?.refusal !== undefined) {
      next();
      return;
    }
    if (origins.has(origin)) {
      response.setHeader('Access-Control-Allow-Methods', METHODS);
      response.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
      response.setHeader('Access-Control-Max-Age', String(PREFLIGHT_SECONDS));
    }
    response.status(204).end();
  };
}
