import { eventCatalogue } from '#zakops/contracts';
import { AuthApi, browser, callAs } from './auth-harness.js';
import type { AuthAnswer, LoggedIn } from './auth-harness.js';
import { writeTicket } from './tickets.builder.js';

const { example } = eventCatalogue['deal.contact_added'];

describe('the payload of a dead letter', () => {
  let api: AuthApi;
  let path: string;

  beforeAll(async () => {
    api = await AuthApi.start();
    const { entryId } = await writeTicket(api.database, { eventType: 'deal.contact_added', data: example });
    path = `/api/admin/dlq/${entryId}`;
  });

  afterAll(() => api.stop());

  const ask = async (role: 'admin' | 'oncall', query = '', assignment?: string): Promise<AuthAnswer> => {
    const caller: LoggedIn = await api.logIn(role);
    if (assignment !== undefined) await api.database.query(`UPDATE zakops.sessions SET ${assignment} WHERE id = $1`, [caller.session.id]);
    return callAs(api.url, path + query, browser(caller));
  };

  const revealed = (): Promise<unknown[]> =>
    api.database.query(
      `SELECT details ->> 'reason' AS reason, details -> 'members' AS members FROM zakops.audit_log WHERE action = 'payload.revealed'`,
    );

  it('is masked for people on call and for administrators, in the list and alone', async () => {
    const masked = { event_data: { ...example, contact: { ...example.contact, email: '••••' } }, masked: ['/contact/email'] };
    expect(await ask('oncall')).toMatchObject({ status: 200, body: masked });
    expect(await ask('admin')).toMatchObject({ status: 200, body: masked });
    const list = await callAs(api.url, '/api/admin/dlq', browser(await api.logIn('oncall')));
    expect(list).toMatchObject({ status: 200, body: { entries: [masked] } });
    expect(JSON.stringify(list.body)).not.toContain('olga@example.com');
    expect(await revealed()).toEqual([]);
  });

  it('is shown to an administrator with a fresh password and a reason, and the audit log says so', async () => {
    expect(await ask('oncall', '?reveal=true&reason=curious')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await ask('admin', '?reveal=true&reason=late', "authenticated_at = now() - interval '16 minutes'")).toMatchObject({
      status: 403,
      body: { code: 'REAUTHENTICATION_REQUIRED' },
    });
    expect(await ask('admin', '?reveal=true')).toMatchObject({ status: 400, body: { errors: [{ pointer: 'reason', code: 'REQUIRED' }] } });
    expect(await revealed()).toEqual([]);
    expect(await ask('admin', '?reveal=true&reason=the+broker+asked')).toMatchObject({
      status: 200,
      body: { event_data: example, masked: [] },
    });
    expect(await revealed()).toEqual([{ reason: 'the broker asked', members: ['/contact/email'] }]);
  });
});
