import { join } from 'node:path';
import type { Target } from './wrk.js';

/** A server that takes part. */
export interface Candidate {
  readonly name: string;
  /** Arguments for node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** How a request to it differs from a bare one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly withKeys: boolean;
}

const HERE = import.meta.dirname;
const API = join(HERE, '..', '..', 'apps', 'api', 'src', 'main.js');

/** What is on in production, with limits that a benchmark does not reach. */
const GUARDED = {
  AUTH_REQUIRED: 'true',
  RATE_LIMIT_ENABLED: 'true',
  RATE_LIMIT_GENERAL_PER_MINUTE: '100000000',
  LOG_LEVEL: 'info',
} as const;

/** Those that are compared: raw limits, peers and ours. */
export function peers(apiKey: string, nodeFlags: readonly string[]): readonly Candidate[] {
  const bare = { env: {}, headers: {}, withKeys: false };
  return [
    { name: 'raw, the same rows', args: [join(HERE, 'raw-server.js'), 'same'], ...bare },
    { name: 'raw, deal + event + waiting row only', args: [join(HERE, 'raw-server.js'), 'least'], ...bare },
    { name: 'Express 5 + pg', args: [join(HERE, 'express-server.js')], ...bare },
    { name: 'Nest + TypeORM save()', args: [join(HERE, 'nest-server.js')], ...bare },
    ours(apiKey, nodeFlags),
  ];
}

/** Ours with everything on, and with one guard after the other off. */
export function guards(apiKey: string, nodeFlags: readonly string[]): readonly Candidate[] {
  const all = ours(apiKey, nodeFlags);
  return [
    all,
    { ...all, name: 'without authentication', env: { ...all.env, AUTH_REQUIRED: 'false' }, headers: {} },
    { ...all, name: 'without idempotency keys', withKeys: false },
    { ...all, name: 'without rate limits', env: { ...all.env, RATE_LIMIT_ENABLED: 'false' } },
    { ...all, name: 'without audit', args: ['--import', join(HERE, 'without-audit.js'), ...all.args] },
    { ...all, name: 'without the request log', env: { ...all.env, LOG_LEVEL: 'warn' } },
  ];
}

function ours(apiKey: string, nodeFlags: readonly string[]): Candidate {
  return {
    name: 'ours, everything on',
    args: [...nodeFlags, API],
    env: GUARDED,
    headers: { Authorization: `Bearer ${apiKey}` },
    withKeys: true,
  };
}

/** A mail that comes in: each of its own, from 200 senders. */
export function mailTo(candidate: Candidate, origin: string): Target {
  const mail = {
    message_id: '<{unique}@brokers.example>',
    email_subject: 'Acme Plumbing: a new opportunity',
    sender: 'Bo Broker <broker-{few}@brokers.example>',
    received_at: '2026-11-28T08:00:00Z',
    classification: 'DEAL_SIGNAL',
    company_name: 'Acme Plumbing LLC',
  };
  return { ...requestsTo(candidate, origin).post, url: `${origin}/api/quarantine`, body: JSON.stringify(mail) };
}

/** The requests of one candidate. */
export function requestsTo(candidate: Candidate, origin: string): { readonly post: Target; readonly get: Target } {
  const { headers, withKeys } = candidate;
  return {
    post: {
      url: `${origin}/api/deals`,
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: '{"canonical_name":"acme-plumbing","display_name":"Acme Plumbing"}',
      withKeys,
    },
    get: { url: `${origin}/api/deals/DEAL-000001`, method: 'GET', headers, withKeys: false },
  };
}
