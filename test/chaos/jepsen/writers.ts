import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { POISON } from './history.js';
import type { Write, WriteOutcome } from './history.js';
import { Random } from './random.js';

const REQUEST_LIMIT_MS = 2_000;
const MAX_WRITES = 4_000;
const POISONED_WRITES = 3;
// Moves between them are legal both ways; a move to where the deal is already changes nothing.
const STAGES = ['inbound', 'initial_review'] as const;

/** What an attempt came to. */
type Answer =
  | { readonly state: 'acknowledged'; readonly body: { readonly deal_id?: string; readonly idempotent_hit?: boolean } }
  | { readonly state: 'refused'; readonly body: string }
  /** It may have happened. */
  | { readonly state: 'unclear'; readonly status: number };

interface Call {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Some clients that make and change the same deals; each repeats a write with the same key until it is answered. */
export class Writers {
  readonly writes: Write[] = [];
  /** Answers that no client of a good server gets. */
  readonly incidents: string[] = [];
  readonly #deals: string[] = [];
  readonly #work: Promise<unknown>;
  #isStopped = false;
  #isOver = false;
  #poisonLeft: number;

  /** @param urlOf - the address of one of two API processes at the moment */
  constructor(
    private readonly urlOf: (n: 0 | 1) => string,
    seed: number,
    options: { readonly clients: number; readonly hasPoison: boolean },
  ) {
    this.#poisonLeft = options.hasPoison ? POISONED_WRITES : 0;
    this.#work = Promise.all(Array.from({ length: options.clients }, (_, n) => this.client(n, Random.of(seed, `writer ${String(n)}`))));
  }

  /** Begins no new write, and waits until every one that was begun is answered, or the limit has passed. */
  async finish(limitMs: number): Promise<void> {
    this.#isStopped = true;
    const limit = setTimeout(() => {
      this.#isOver = true;
    }, limitMs);
    await this.#work;
    clearTimeout(limit);
  }

  private async client(n: number, random: Random): Promise<void> {
    for (let count = 1; !this.#isStopped && this.writes.length < MAX_WRITES; count += 1) {
      await this.write(`w${String(n)}-${String(count)}`, random);
      await sleep(random.between(20, 90));
    }
  }

  private async write(plainToken: string, random: Random): Promise<void> {
    const { token, call } = this.draw(plainToken, random);
    // Some clients lose patience; what became of their write they do not know.
    const patience = random.chance(0.1) ? random.between(1, 2) : Number.POSITIVE_INFINITY;
    const key = randomUUID();
    let mayHaveHappened = false;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.attempt(random.chance(0.5) ? 0 : 1, call, key);
      if (answer.state === 'acknowledged') {
        const { deal_id: dealId, idempotent_hit: wasThereAlready } = answer.body;
        if (wasThereAlready === true) this.note(token, 'refused');
        else this.note(token, 'acknowledged');
        if (call.path === '/api/deals' && dealId !== undefined) this.#deals.push(dealId);
        return;
      }
      if (answer.state === 'refused') {
        this.note(token, mayHaveHappened ? 'unknown' : 'refused');
        return;
      }
      mayHaveHappened = true;
      if (attempt >= patience || this.#isOver) {
        this.note(token, 'unknown');
        return;
      }
      await sleep(random.between(50, 350));
    }
  }

  private draw(token: string, random: Random): { readonly token: string; readonly call: Call } {
    const kind = random.next();
    const choice = random.next();
    const dealId = this.#deals[Math.floor(choice * this.#deals.length)];
    if (dealId === undefined || kind < 0.08)
      return { token, call: { method: 'POST', path: '/api/deals', body: { canonical_name: token } } };
    if (kind < 0.3) {
      return {
        token,
        call: { method: 'POST', path: `/api/deals/${dealId}/transition`, body: { new_stage: random.pick(STAGES), reason: token } },
      };
    }
    const name = this.#poisonLeft > 0 && random.chance(0.1) ? `${token}-${POISON}` : token;
    if (name !== token) this.#poisonLeft -= 1;
    return { token: name, call: { method: 'PATCH', path: `/api/deals/${dealId}`, body: { display_name: name } } };
  }

  private note(token: string, outcome: WriteOutcome): void {
    this.writes.push({ token, outcome, acknowledgedAtMs: outcome === 'acknowledged' ? performance.now() : 0 });
  }

  private async attempt(api: 0 | 1, { method, path, body }: Call, key: string): Promise<Answer> {
    try {
      const response = await fetch(this.urlOf(api) + path, {
        method,
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      });
      const text = await response.text();
      if (response.ok) return { state: 'acknowledged', body: text === '' ? {} : (JSON.parse(text) as object) };
      if (response.status === 500) this.incidents.push(`500 for ${method} ${path}: ${text}`);
      return isWorthAnother(response.status, text) ? { state: 'unclear', status: response.status } : { state: 'refused', body: text };
    } catch {
      return { state: 'unclear', status: 0 };
    }
  }
}

/** What a good client sends again with the same key. */
function isWorthAnother(status: number, body: string): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429 || (status === 409 && body.includes('IDEMPOTENCY_KEY_IN_USE'));
}
