import {
  ArrayField,
  BooleanField,
  DateTimeField,
  EnumField,
  IntegerField,
  MapField,
  ObjectField,
  StringField,
  UuidField,
} from '#zakops/http';
import type { AuditVerification } from '../../queries/verify-audit-chain/verify-audit-chain.query.js';
import { PROBLEM_KINDS, RANGE_STATES } from '../../verify/verification-report.js';
import type { ProblemKind, RangeState } from '../../verify/verification-report.js';

/** The head of the chain. */
export class AuditHeadResponse {
  @IntegerField({ min: 0, description: '0 before the first link.' })
  position!: number;

  @StringField({ description: 'SHA-256 in hexadecimal.' })
  hash!: string;
}

/** A problem of the chain. */
export class AuditProblemResponse {
  @EnumField(PROBLEM_KINDS, 'AuditProblemKind')
  kind!: ProblemKind;

  @IntegerField({ min: 1, nullable: true })
  position!: number | null;

  @UuidField({ nullable: true })
  entry_id!: string | null;

  @StringField()
  detail!: string;
}

/** What the given anchors show about a range of positions, both ends included. */
export class AuditRangeResponse {
  @IntegerField({ min: 1 })
  from!: number;

  @IntegerField({ min: 1 })
  to!: number;

  @EnumField(RANGE_STATES, 'AuditRangeState')
  state!: RangeState;
}

/** The last anchor that was sent. */
export class AuditAnchorResponse extends AuditHeadResponse {
  @DateTimeField()
  at!: string;

  @ArrayField('string', { description: 'Where it was sent: `log`, `file`, `webhook`.' })
  targets!: string[];

  @MapField('string', { description: 'The targets that failed, and why. The anchor is sent again when the next one is due.' })
  failures!: Record<string, string>;
}

/** The result of a verification. */
export class AuditVerificationResponse {
  @BooleanField({ description: 'True when there is no problem.' })
  ok!: boolean;

  @IntegerField({ min: 0, description: 'The number of checked links.' })
  checked!: number;

  @ObjectField(() => AuditHeadResponse)
  head!: AuditHeadResponse;

  @ObjectField(() => AuditHeadResponse, {
    description:
      'The last link that retention has removed, with its hash; position 0 when it has removed none. Compare it with an anchor of that position.',
  })
  start!: AuditHeadResponse;

  @IntegerField({ min: 0, description: 'The number of problems.' })
  problem_count!: number;

  @ArrayField(() => AuditProblemResponse, { description: 'The first 1,000 problems, by position.' })
  problems!: AuditProblemResponse[];

  @ArrayField(() => AuditRangeResponse, { maxItems: 10_000, description: 'Ranges of all requested positions, in order.' })
  ranges!: AuditRangeResponse[];

  @ObjectField(() => AuditAnchorResponse, { nullable: true, description: 'Null before the first anchor.' })
  last_anchor!: AuditAnchorResponse | null;
}

/** Maps a result to its answer. */
export function toAuditVerificationResponse(found: AuditVerification): AuditVerificationResponse {
  const { ok, checked, head, start, problemCount, lastAnchor } = found;
  return {
    ok,
    checked,
    head: { position: head.position, hash: head.hash },
    start: { position: start.position, hash: start.hash },
    problem_count: problemCount,
    problems: found.problems.map(({ kind, position, entryId, detail }) => ({ kind, position, entry_id: entryId, detail })),
    ranges: found.ranges.map(({ from, to, state }) => ({ from, to, state })),
    last_anchor:
      lastAnchor === null
        ? null
        : {
            position: lastAnchor.position,
            hash: lastAnchor.hash,
            at: lastAnchor.at,
            targets: [...lastAnchor.targets],
            failures: { ...lastAnchor.failures },
          },
  };
}
