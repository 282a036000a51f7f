import { DomainError } from '#zakops/kernel';

/** A call of the dashboard that this version does not serve. */
interface LaterCall {
  /** The beginning of the path, whole segments. `*` stands for one segment. */
  readonly path: string;
  /** The part of the plan with which it comes. */
  readonly plan: string;
}

const DESK = 'the action and agent desk';

/** What the dashboard calls and a later version will serve. */
export const LATER_CALLS: readonly LaterCall[] = [
  { path: '/api/actions', plan: DESK },
  { path: '/api/capabilities', plan: DESK },
  { path: '/api/deferred-actions', plan: DESK },
  { path: '/api/threads', plan: DESK },
  { path: '/api/pending-tool-approvals', plan: DESK },
  { path: '/api/agent', plan: DESK },
  { path: '/api/hitl', plan: DESK },
  { path: '/api/checkpoints', plan: DESK },
  { path: '/api/chat', plan: DESK },
  { path: '/api/metrics/classification', plan: DESK },
  { path: '/api/integrations/email', plan: DESK },
  { path: '/api/deals/*/enrichment', plan: DESK },
  { path: '/api/deals/*/materials', plan: DESK },
  { path: '/ws/updates', plan: DESK },
];

/** The call is one of the dashboard's that a later version serves: 501 with `context.plan`. */
export class LaterCallError extends DomainError {
  constructor(path: string, plan: string) {
    super({
      code: 'NOT_IMPLEMENTED',
      category: 'not_found',
      detail: `This version does not serve ${path}. It comes with ${plan}; see docs/vocabularies.md.`,
      context: { plan },
    });
  }
}

/** The later call that a path belongs to. */
export function laterCall(path: string): LaterCall | undefined {
  const given = path.split('/');
  return LATER_CALLS.find((call) => {
    const wanted = call.path.split('/');
    return wanted.length <= given.length && wanted.every((segment, at) => segment === '*' || segment === given[at]);
  });
}
