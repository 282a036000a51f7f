import type { RateLimiter, RateLimits } from '#zakops/rate-limit';
import { AccountLimit } from './account-limit.js';

describe(AccountLimit.name, () => {
  it('counts every spelling of an e-mail as one account', async () => {
    const counted: string[] = [];
    const limiter = {
      takeExact: (_policy: unknown, subject: string) => {
        counted.push(subject);
        return Promise.resolve({ allowed: true });
      },
    } as unknown as RateLimiter;
    const sut = new AccountLimit({ enabled: true } as RateLimits, limiter);
    for (const email of ['caf\u00E9@straße.example', ' CAFE\u0301@Strasse.example', 'ｃａｆé@strasse.example']) await sut.takeLogin(email);
    expect(new Set(counted.filter((subject) => subject.startsWith('account:'))).size).toBe(1);
  });
});
