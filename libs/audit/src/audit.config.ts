import { defineConfig, secondsAsMs, text } from '#zakops/config';
import { z } from 'zod';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const webhookUrl = z.string().superRefine((raw, context) => {
  if (!URL.canParse(raw)) {
    context.addIssue({ code: 'custom', message: 'is not a readable address' });
    return;
  }
  const { protocol, hostname } = new URL(raw);
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) {
    context.addIssue({ code: 'custom', message: 'must begin with https://, or be on this machine' });
  }
});

/** How often, and to where, the head of the audit chain leaves the database. */
export class AuditConfig extends defineConfig('Audit', {
  anchorIntervalMs: {
    env: 'AUDIT_ANCHOR_INTERVAL',
    schema: secondsAsMs(1, 604_800),
    default: '3600',
    form: 'seconds, 1 to 604800',
    description:
      'How often the worker sends the head of the audit chain out, if the chain has grown: always as a log line, and to the file and the webhook below.',
    example: '3600',
  },
  anchorFile: {
    env: 'AUDIT_ANCHOR_FILE',
    schema: text(1, 4_000).optional(),
    form: 'path of a file',
    description: 'Every head is appended to this file, one line of JSON each. Keep it where who can change the database cannot write.',
    example: '/var/lib/zakops/audit-anchors.jsonl',
  },
  anchorWebhookUrl: {
    env: 'AUDIT_ANCHOR_WEBHOOK_URL',
    schema: webhookUrl.optional(),
    form: 'https://..., or http:// to this machine',
    description: 'Every head is sent there by POST, as JSON. What fails is logged and sent again at the next interval.',
    example: 'https://anchors.example.com/zakops?token=...',
    secret: true,
  },
}) {}
