import type { SystemHealth } from '#zakops/health';

/** How the system is, in one word and one sentence. */
export interface Verdict {
  readonly state: 'well' | 'attention' | 'down';
  readonly sentence: string;
  readonly reasons: readonly VerdictReason[];
}

/** One component that is not up. */
export interface VerdictReason {
  readonly component: string;
  readonly state: 'degraded' | 'down' | 'unknown';
  readonly since: string;
  readonly text: string;
  readonly runbook: string;
  /** Where the page of operations shows it. */
  readonly link: string;
}

const LINKS: Readonly<Record<string, string>> = {
  audit_chain: '/ops/audit',
  outbox: '/ops/deliveries',
  outbox_processor: '/ops/processes',
  processes: '/ops/processes',
  sse: '/ops/streams',
};

/** Judges the system by its components, as the system health does. */
export function toVerdict({ components }: SystemHealth): Verdict {
  const reasons = components.flatMap(({ name, state, since, reason, runbook }) =>
    state === 'up'
      ? []
      : [{ component: name, state, since: since.toISOString(), text: reason ?? '', runbook, link: LINKS[name] ?? '/ops' } as const],
  );
  if (reasons.length === 0) return { state: 'well', sentence: 'Everything is well.', reasons };
  const isDown = reasons.some(({ state }) => state === 'down');
  const rest = reasons.length < components.length ? ' Everything else is well.' : '';
  return { state: isDown ? 'down' : 'attention', sentence: reasons.map(({ text }) => text).join(' ') + rest, reasons };
}
