import { formatStreamId, parseStreamId } from './stream-id.js';

describe(parseStreamId.name, () => {
  it.each([
    { epoch: 'a1b2c3d4e5f6', position: 0 },
    { epoch: 'a1b2c3d4e5f6', position: Number.MAX_SAFE_INTEGER },
  ])('reads back what was written: %j', (id) => {
    expect(parseStreamId(formatStreamId(id))).toEqual(id);
  });

  it.each([
    '',
    '-',
    'a-',
    '-1',
    'a-01',
    'a--1',
    'a-1.5',
    'a-1e3',
    'a-9007199254740992',
    'A-1',
    'a-1 ',
    'a-1\n',
    '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
  ])('refuses %j', (text) => {
    expect(parseStreamId(text)).toBeUndefined();
  });
});
