import { DEVELOPMENT_OPERATOR } from '#zakops/auth';
import { ownerOf } from './event-stream.controller.js';

describe(ownerOf.name, () => {
  it('is the operator, for whom streams are counted', () => {
    expect(ownerOf({ ...DEVELOPMENT_OPERATOR, id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d' })).toBe('0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d');
  });

  it('is nobody while everybody is the development operator', () => {
    expect(ownerOf(DEVELOPMENT_OPERATOR)).toBeUndefined();
  });
});
