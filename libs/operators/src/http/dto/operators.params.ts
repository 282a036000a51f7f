import { BooleanField, EnumField, PageQuery, UuidField } from '#zakops/http';
import { OPERATOR_STATUSES, ROLE_WORDS } from '../../domain/operator-role.js';
import type { OperatorStatus } from '../../domain/operator-role.js';

/** A role as clients write it. */
export type RoleWord = (typeof ROLE_WORDS)[number];

/** The description of a {@link RoleWord}. */
export const ROLE_WORD = { description: '`operator` is another word for `analyst`.' };

/** The path of a thing with a UUID. */
export class IdPath {
  @UuidField()
  id!: string;
}

/** The query string of `DELETE /api/auth/sessions`. */
export class EndSessionsParams {
  @BooleanField({ optional: true, default: false, description: 'Keeps the session that makes this call.' })
  keep_current = false;
}

/** The query string of `GET /api/admin/operators`. */
export class ListOperatorsParams extends PageQuery {
  @EnumField(ROLE_WORDS, 'OperatorRoleWord', { ...ROLE_WORD, optional: true })
  role?: RoleWord;

  @EnumField(OPERATOR_STATUSES, 'OperatorStatus', { optional: true })
  status?: OperatorStatus;
}
