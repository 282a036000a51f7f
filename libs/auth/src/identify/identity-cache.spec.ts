import { scopesOfRole } from '../permissions.js';
import { IdentityCache, REMEMBERED_MS } from './identity-cache.js';
import type { FoundIdentity, Identity } from './identity.js';

function identity(more: { readonly id?: string; readonly sessionId?: string; readonly apiKeyId?: string } = {}): Identity {
  return {
    principal: { kind: 'operator', id: 'o', email: 'e', name: 'n', role: 'viewer', scopes: scopesOfRole('viewer', 'admins'), ...more },
    actor: { type: 'user', id: 'e' },
    rateSubject: 'operator:o',
    freshUntil: 0,
    mustChangePassword: false,
    csrfTokens: undefined,
    isReplaced: false,
  };
}

function found(more?: Parameters<typeof identity>[0], validMs = 60_000): FoundIdentity {
  return { identity: identity(more), validMs };
}

describe(IdentityCache.name, () => {
  let nowMs: number;
  let sut: IdentityCache;

  beforeEach(() => {
    nowMs = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    sut = new IdentityCache();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('remembers the identity of a credential, for a few seconds from the query on', async () => {
    const answer = found();
    await sut.lookUp('a', () => {
      nowMs += 500;
      return Promise.resolve(answer);
    });
    expect(sut.recall('a')?.identity).toBe(answer.identity);
    nowMs = 1_000 + REMEMBERED_MS - 1;
    expect(sut.recall('a')?.identity).toBe(answer.identity);
    nowMs += 1;
    expect(sut.recall('a')).toBeUndefined();
  });

  it('remembers an identity no longer than until it expires', async () => {
    await sut.lookUp('a', () => Promise.resolve(found({}, 200)));
    nowMs += 200;
    expect(sut.recall('a')).toBeUndefined();
  });

  it('does not remember an answer that a change overtook, and yet knows that the credential is no guess', async () => {
    await sut.lookUp('a', () => {
      sut.forget(undefined);
      return Promise.resolve(found());
    });
    expect([sut.recall('a'), sut.wasKnown('a')]).toEqual([undefined, true]);
    await sut.lookUp('b', () => {
      sut.forget(undefined);
      return Promise.resolve(undefined);
    });
    expect([sut.recall('b'), sut.wasKnown('b')]).toEqual([undefined, false]);
  });

  it('remembers that a credential belongs to nobody', async () => {
    await sut.lookUp('a', () => Promise.resolve(undefined));
    expect(sut.recall('a')).toMatchObject({ identity: undefined });
    nowMs += REMEMBERED_MS;
    expect(sut.recall('a')).toBeUndefined();
  });

  it('queries once for all that wait', async () => {
    let asked = 0;
    const ask = (): Promise<FoundIdentity> => {
      asked += 1;
      return Promise.resolve(found());
    };
    const answers = await Promise.all([sut.lookUp('a', ask), sut.lookUp('a', ask), sut.lookUp('b', ask)]);
    expect([asked, answers[0] === answers[1]]).toEqual([2, true]);
  });

  it('fails for all that wait, and queries again the next time', async () => {
    await expect(sut.lookUp('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await expect(sut.lookUp('a', () => Promise.resolve(found()))).resolves.toMatchObject({ principal: { id: 'o' } });
  });

  it('forgets what a change concerns and keeps the rest', async () => {
    await sut.lookUp('mine', () => Promise.resolve(found({ id: 'o1', sessionId: 's1' })));
    await sut.lookUp('mine too', () => Promise.resolve(found({ id: 'o1', sessionId: 's2' })));
    await sut.lookUp('key', () => Promise.resolve(found({ id: 'o2', apiKeyId: 'k1' })));
    const kept = (): boolean[] => ['mine', 'mine too', 'key'].map((credential) => sut.recall(credential) !== undefined);
    sut.forget({ kind: 'session', id: 's1' });
    expect(kept()).toEqual([false, true, true]);
    sut.forget({ kind: 'api_key', id: 'other' });
    expect(kept()).toEqual([false, true, true]);
    sut.forget({ kind: 'operator', id: 'o1' });
    expect(kept()).toEqual([false, false, true]);
    sut.forget(undefined);
    expect(kept()).toEqual([false, false, false]);
  });

  it('does not remember an answer from before a change that came meanwhile, nor lets a new request wait for it', async () => {
    let settle = (_: FoundIdentity): void => undefined;
    const early = sut.lookUp('a', () => new Promise<FoundIdentity>((resolve) => (settle = resolve)));
    sut.forget({ kind: 'session', id: 'any' });
    const late = sut.lookUp('a', () => Promise.resolve(undefined));
    settle(found());
    expect(await early).toMatchObject({ principal: { id: 'o' } });
    expect(await late).toBeUndefined();
    expect(sut.recall('a')).toMatchObject({ identity: undefined });
  });

  it('knows which credentials were known the last time, also when they have to be looked up again', async () => {
    await sut.lookUp('a', () => Promise.resolve(found()));
    await sut.lookUp('b', () => Promise.resolve(undefined));
    nowMs += 3_600_000;
    sut.forget(undefined);
    expect([sut.wasKnown('a'), sut.wasKnown('b'), sut.recall('a')]).toEqual([true, false, undefined]);
    await sut.lookUp('a', () => Promise.resolve(undefined));
    expect([sut.wasKnown('a'), sut.recall('a')?.identity]).toEqual([false, undefined]);
  });

  it('keeps known ones however many unknown ones come', async () => {
    await sut.lookUp('known', () => Promise.resolve(found()));
    for (let n = 0; n < 3_000; n += 1) await sut.lookUp(`guess ${String(n)}`, () => Promise.resolve(undefined));
    expect(sut.recall('known')).not.toBeUndefined();
    expect([sut.recall('guess 0') === undefined, sut.recall('guess 2999') === undefined]).toEqual([true, false]);
  });
});
