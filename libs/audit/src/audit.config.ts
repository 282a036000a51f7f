import { defineConfig, secondsAsMs, text } from '#zakops/config';
import { z } from 'zod';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const webhookUrl = z.string().superRefine((raw, context) => {
  if (!URL.canParse(raw)) {
    context.addIssue({ code: 'custom', message: 'is not a valid URL' });
    return;
  }
  const { protocol, hostname } = new URL(raw);
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) {
    context.addIssue({ code: 'custom', message: 'must begin with https://, or be on this machine' });
  }
});

/** How often and where anchors of the audit chain are sent. */
export class AuditConfig extends defineConfig('Audit', {
  anchorIntervalMs: {
    env: 'AUDIT_ANCHOR_INTERVAL',
    schema: secondsAsMs(1, 604_800),
    default: '3600',
    form: 'seconds, 1 to 604800',
    description:
      'How often the worker sends an anchor (the head of the audit chain), if the chain has grown: always as a log line, and to file and webhook if set.',
    example: '3600',
  },
  anchorFile: {
    env: 'AUDIT_ANCHOR_FILE',
    schema: text(1, 4_000).optional(),
    form: 'path of a file',
    description:
      'Each anchor is appended to this file as a line of JSON. Keep the file where nobody who can change the database can write.',
    example: '/var/lib/zakops/audit-anchors.jsonl',
  },
  anchorWebhookUrl: {
    env: 'AUDIT_ANCHOR_WEBHOOK_URL',
    schema: webhookUrl.optional(),
    form: 'https://..., or http:// to this machine',
    description: 'Each anchor is sent there by POST, as JSON. A failure is logged, and the anchor is sent again at the next interval.',
    example: 'https://anchors.example.com/zakops?token=...',
    secret: true,
  },
}) {}
