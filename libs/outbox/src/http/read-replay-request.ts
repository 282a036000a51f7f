import { InputError } from '#zakops/http';
import type { ReplayRange } from '../replay/replay.js';
import type { StartReplayRequest } from './dto/replay.requests.js';

/** The range of a dry run. @throws InputError (400) when the fields contradict each other */
export function readRange({ from_position: from, to_position: to, since, before, token }: StartReplayRequest): ReplayRange {
  if (token !== undefined) refuse('token', 'must not be given with dry_run');
  if (from !== undefined && since !== undefined) refuse('since', 'must not be given together with from_position');
  if (to !== undefined && before !== undefined) refuse('before', 'must not be given together with to_position');
  return { from, to, since, before };
}

/** The token of a start. @throws InputError (400) without one, or with a range beside it */
export function readToken({ token, from_position: from, to_position: to, since, before }: StartReplayRequest): string {
  if (token === undefined) throw new InputError([{ pointer: 'token', detail: 'is needed: make a dry run first', code: 'REQUIRED' }]);
  for (const [name, value] of Object.entries({ from_position: from, to_position: to, since, before })) {
    if (value !== undefined) refuse(name, 'must not be given together with token, which has the range');
  }
  return token;
}

function refuse(pointer: string, detail: string): never {
  throw new InputError([{ pointer, detail, code: 'NOT_ALLOWED' }]);
}
