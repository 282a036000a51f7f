import { UnitOfWork } from '#zakops/database';
import { Injectable, Logger } from '@nestjs/common';
import { AuditConfig } from '../audit.config.js';
import { AnchorStore } from './anchor.store.js';
import { AnchorTargets } from './anchor-targets.js';
import type { Anchor } from './anchor.js';

/** Sends anchors, so that a chain that was rewritten from its start differs from them. */
@Injectable()
export class AuditAnchorer {
  readonly #logger = new Logger(AuditAnchorer.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AuditConfig,
    private readonly store: AnchorStore,
    private readonly targets: AnchorTargets,
  ) {}

  /**
   * Sends an anchor when one is due: the interval has passed, and the chain has grown or a target failed.
   *
   * @remarks One of several processes sends. A failed target is logged, and shown by a verification; the other targets are served.
   */
  async anchorIfDue(): Promise<void> {
    const { anchorIntervalMs } = this.config;
    if ((await this.store.due(anchorIntervalMs, undefined)) === undefined) return;
    // The transaction is open while the targets are called: its lock keeps other processes out, and it holds no row and no snapshot.
    await this.unitOfWork.runApart(async (tx) => {
      if (!(await this.store.tryLock(tx))) return;
      const anchor = await this.store.due(anchorIntervalMs, tx);
      if (anchor === undefined) return;
      await this.store.write(tx, { ...anchor, targets: [...this.targets.all().keys()], failures: await this.send(anchor) });
    });
  }

  private async send(anchor: Anchor): Promise<Record<string, string>> {
    const failures: Record<string, string> = {};
    for (const [target, take] of this.targets.all()) {
      await take(anchor).catch((error: unknown) => {
        failures[target] = reasonOf(error);
        this.#logger.error({ target, reason: failures[target], position: anchor.position }, 'An audit anchor could not be delivered.');
      });
    }
    return failures;
  }
}

/** A short reason, without the URL, which may hold a secret. */
function reasonOf(error: unknown): string {
  const { name, message, code, cause } = fieldsOf(error);
  for (const known of [fieldsOf(cause).code, code]) if (typeof known === 'string') return known;
  if (name === 'TimeoutError') return 'timed out';
  return String(message).startsWith('HTTP ') ? String(message) : String(name);
}

function fieldsOf(error: unknown): Partial<Record<'name' | 'message' | 'code' | 'cause', unknown>> {
  return typeof error === 'object' && error !== null ? error : {};
}
