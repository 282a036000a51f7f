import { Injectable, Logger } from '@nestjs/common';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { AuditConfig } from '../audit.config.js';
import type { Anchor } from './anchor.js';

const WEBHOOK_TIMEOUT_MS = 5_000;
const OWNER_ONLY = 0o600;
const NEWLINE = 0x0a;

/** The message of the log line of every anchor, for log collectors. */
export const ANCHOR_MESSAGE = 'Audit chain anchored';

/** Sends anchors to places outside of the database. */
@Injectable()
export class AnchorTargets {
  readonly #logger = new Logger(AnchorTargets.name);

  constructor(private readonly config: AuditConfig) {}

  /** Every configured target; each accepts an anchor or throws. */
  all(): ReadonlyMap<string, (anchor: Anchor) => Promise<void>> {
    const { anchorFile, anchorWebhookUrl } = this.config;
    const targets = new Map<string, (anchor: Anchor) => Promise<void>>();
    targets.set('log', (anchor) => {
      this.#logger.log({ ...anchor }, ANCHOR_MESSAGE);
      return Promise.resolve();
    });
    if (anchorFile !== undefined) targets.set('file', (anchor) => appendLine(anchorFile, JSON.stringify(anchor)));
    if (anchorWebhookUrl !== undefined) targets.set('webhook', (anchor) => post(anchorWebhookUrl, JSON.stringify(anchor)));
    return targets;
  }
}

/** Appends a line, and waits until it is on disk. */
async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', OWNER_ONLY);
  try {
    // A crash may have left a line without its end.
    await file.appendFile(`${(await endsInLine(file)) ? '' : '\n'}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === NEWLINE;
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    // Only the configured receiver may get the anchor, not the target of a redirect.
    redirect: 'manual',
    signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
}
