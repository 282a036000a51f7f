import { waitFor } from '#zakops/testing';
import { randomUUID } from 'node:crypto';
import { LoginApi, PASSWORD } from './login-harness.js';
import type { LoginAnswer, Visitor } from './login-harness.js';

/** What a table looks like after the clock of the database was set back by one day: all of its instants lie ahead. */
function aDayAhead(...columns: readonly string[]): string {
  return columns.map((column) => `${column} = ${column} + interval '1 day'`).join(', ');
}

describe('after the clock of the database was set back by a day', () => {
  let api: LoginApi;
  let admin: Visitor;

  beforeAll(async () => {
    api = await LoginApi.start();
    admin = await api.loggedIn('admin@example.com', 'admin');
  });
  afterAll(() => api.stop());

  const move = (table: string, columns: readonly string[], where: string, parameters: readonly unknown[]): Promise<unknown> =>
    api.database.query(`UPDATE zakops.${table} SET ${aDayAhead(...columns)} WHERE ${where}`, parameters);

  it('a session is over, by whatever limit, and does not come back when the clock is right again', async () => {
    for (const columns of [
      ['created_at', 'authenticated_at', 'last_seen_at', 'idle_expires_at', 'expires_at'],
      ['last_seen_at', 'idle_expires_at'],
    ]) {
      const ann = await api.loggedIn(`ann-${String(columns.length)}@example.com`);
      await move('sessions', columns, 'operator_id = $1', [ann.id]);
      const other = api.visitor();
      for (const [name, value] of ann.cookies) other.cookies.set(name, value);
      await waitFor('the session to be over', async () => (await other.get('/auth/me')).status === 401);

      // It can be ended although it does not count at the moment.
      expect((await admin.call('DELETE', `/admin/operators/${ann.id}/sessions`)).body).toMatchObject({ ended: 1 });
    }
  });

  it('a password that was given in the future counts as given long ago', async () => {
    const ann = await api.loggedIn('fresh@example.com', 'admin');
    await move('sessions', ['authenticated_at'], 'operator_id = $1', [ann.id]);
    const answer = await waitFor('the answer', async () => {
      const given = await ann.post('/auth/api-keys', { name: 'late', scopes: ['deals:read'] });
      return given.status === 201 ? undefined : given;
    });
    expect([answer.status, answer.body['code']]).toEqual([403, 'REAUTHENTICATION_REQUIRED']);
  });

  it('an account that was closed takes logins again', async () => {
    const id = await api.operator('closed@example.com');
    await api.database.query(`UPDATE zakops.operators SET failed_logins = 9, locked_until = now() + interval '5 minutes' WHERE id = $1`, [
      id,
    ]);
    expect((await api.visitor().logIn('closed@example.com')).status).toBe(401);

    await move('operators', ['locked_until'], 'id = $1', [id]);

    expect((await admin.get(`/admin/operators/${id}`)).body).toMatchObject({ locked_until: null });
    expect((await api.visitor().logIn('closed@example.com')).status).toBe(200);
  });

  it('a setup token is over', async () => {
    const { body } = await admin.post<{ setup_token: string }>('/admin/operators', {
      email: 'new@example.com',
      name: 'New',
      role: 'viewer',
    });
    await move('operator_setup_tokens', ['created_at', 'expires_at'], 'true', []);

    const use = (): Promise<LoginAnswer> => api.visitor().post('/auth/setup', { token: body.setup_token, password: `${PASSWORD} again` });
    expect((await use()).body['code']).toBe('INVALID_CREDENTIALS');
    await api.database.query(`UPDATE zakops.operator_setup_tokens SET expires_at = expires_at - interval '1 day'`);
    expect((await use()).status).toBe(200);
  });

  it('the overlap of a key that was rotated is over, and the key that replaced it counts', async () => {
    const ann = await api.loggedIn('keys@example.com', 'admin');
    const made = await ann.post<{ id: string; key: string }>('/auth/api-keys', { name: 'robot', scopes: ['deals:read'] });
    const rotated = await ann.post<{ id: string; key: string }>(`/auth/api-keys/${made.body.id}/rotate`, { overlap_seconds: 3_600 });
    const status = async (key: string): Promise<number> =>
      (await fetch(`${api.url}/api/deals`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await status(made.body.key), await status(rotated.body.key)]).toEqual([200, 200]);

    await move('api_keys', ['created_at', 'expires_at'], 'operator_id = $1', [ann.id]);

    await waitFor('the overlap to be over', async () => (await status(made.body.key)) === 401);
    expect(await status(rotated.body.key)).toBe(200);
  });

  it('a key of a repeated call is free again', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const open = (): Promise<LoginAnswer> => admin.call('POST', '/deals', { canonical_name: 'acme' }, headers);
    const first = await open();
    expect((await open()).body['deal_id']).toBe(first.body['deal_id']);

    await move('idempotency_keys', ['expires_at'], 'true', []);

    const again = await open();
    expect(again.status).toBe(201);
    expect(again.body['deal_id']).not.toBe(first.body['deal_id']);
    // And it is kept anew.
    expect((await open()).body['deal_id']).toBe(again.body['deal_id']);
  });

  it('the key of a move is free again', async () => {
    const { body } = await admin.post('/deals', { canonical_name: 'acme' });
    const path = `/deals/${String(body['deal_id'])}/transition`;
    const idempotency_key = randomUUID();
    expect((await admin.post(path, { new_stage: 'initial_review', idempotency_key })).status).toBe(200);
    expect((await admin.post(path, { new_stage: 'due_diligence', idempotency_key })).status).toBe(422);

    await move('deal_stage_history', ['created_at'], 'true', []);

    expect((await admin.post(path, { new_stage: 'due_diligence', idempotency_key })).status).toBe(200);
  });

  it('a level of logs that was asked for is over', async () => {
    expect((await admin.call('PUT', '/admin/log-level', { level: 'error', minutes: 5 })).status).toBe(200);

    await move('log_level_overrides', ['until', 'set_at'], 'true', []);

    expect((await admin.get('/admin/log-level')).body).toMatchObject({ overrides: [] });
  });
});
