import { IdempotencyModule, Idempotent } from '#zakops/idempotency';
import { UnitOfWork } from '#zakops/database';
import { SecretAnswer } from '#zakops/http';
import { Public, RequirePermission } from '#zakops/auth';
import { waitFor } from '#zakops/testing';
import { Body, Controller, Delete, HttpCode, Module, Patch, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { request } from 'node:http';
import { DealsApi } from '../../deals/test/deals-api.js';
import type { DealsAnswer } from '../../deals/test/deals-api.js';
import { Vehicle } from '../../http/test/probe.controller.js';

/** Routes that write one line each, and then end as their path says. */
@Controller('api/keyed')
class KeyedController {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  @Post('plain')
  @Idempotent()
  @RequirePermission('deals:write')
  async plain(@Body() { name }: Vehicle, @Res({ passthrough: true }) response: Response): Promise<unknown> {
    await this.write(name);
    response.status(202).setHeader('Location', '/api/keyed/1').setHeader('ETag', '"7"');
    return {
      lines: await this.unitOfWork.run((tx) => tx.query('SELECT name FROM lines')),
      2: 'two',
      1: 'one',
      number: 0.1,
      nothing: null,
      ['__proto__']: 'x',
    };
  }

  @Delete('plain')
  @HttpCode(204)
  @RequirePermission('deals:write')
  async remove(): Promise<void> {
    await this.write('removed');
  }

  @Post('secret')
  @Idempotent()
  @SecretAnswer()
  @RequirePermission('deals:write')
  async secret(@Body() { name }: Vehicle): Promise<unknown> {
    await this.write(name);
    return { key: 'hunter2' };
  }

  @Post('cookie')
  @Idempotent()
  @RequirePermission('deals:write')
  async cookie(@Body() { name }: Vehicle, @Res({ passthrough: true }) response: Response): Promise<unknown> {
    await this.write(name);
    response.cookie('session', 'hunter2');
    return {};
  }

  @Post('text')
  @Idempotent()
  @RequirePermission('deals:write')
  text(@Body() { name }: Vehicle): string {
    return `"${name}"`;
  }

  @Post('null')
  @Idempotent()
  @RequirePermission('deals:write')
  nothing(@Body() _: Vehicle): null {
    return null;
  }

  @Post('public')
  @Public({ identify: true })
  async public(@Body() { name }: Vehicle): Promise<unknown> {
    await this.write(name);
    return {};
  }

  @Patch('empty')
  @Idempotent()
  @HttpCode(204)
  @RequirePermission('deals:write')
  async empty(@Body() { name }: Vehicle): Promise<void> {
    await this.write(name);
  }

  @Post('throws')
  @Idempotent()
  @RequirePermission('deals:write')
  async throws(@Body() { name }: Vehicle): Promise<never> {
    await this.write(name);
    throw new Error('after the write');
  }

  @Post('refuses')
  @Idempotent()
  @RequirePermission('deals:write')
  async refuses(@Body() { name }: Vehicle, @Res({ passthrough: true }) response: Response): Promise<unknown> {
    await this.write(name);
    response.status(409);
    return { refused: true };
  }

  private async write(name: string): Promise<void> {
    await this.unitOfWork.run((tx) => tx.query('INSERT INTO lines (name) VALUES ($1)', [name]));
  }
}

@Module({ imports: [IdempotencyModule], controllers: [KeyedController] })
class KeyedModule {}

const DEAL = { canonical_name: 'acme-plumbing' };

describe('Idempotency-Key', () => {
  let api: DealsApi;

  beforeEach(async () => {
    api = await DealsApi.start({}, [KeyedModule]);
    await api.database.query('CREATE TABLE public.lines (name text NOT NULL); GRANT ALL ON public.lines TO PUBLIC');
  });

  afterEach(async () => {
    await api.stop();
  });

  const post = (path: string, body: unknown, key: string): Promise<DealsAnswer> => api.post(path, body, { 'idempotency-key': key });
  const count = async (table: string): Promise<number> =>
    (await api.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? -1;
  const codeOf = ({ body }: DealsAnswer): unknown => (body as { code?: unknown }).code;

  it('lets 50 identical calls at the same moment have one row and one event', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('/deals', DEAL, 'k1')));

    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect(made.length + refused.length).toBe(50);
    expect(made.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const answer of refused) expect([codeOf(answer), answer.headers.get('retry-after')]).toEqual(['IDEMPOTENCY_KEY_IN_USE', '1']);
    expect([await count('zakops.deals'), await count('zakops.events'), await count('zakops.idempotency_keys')]).toEqual([1, 1, 1]);
    const again = await post('/deals', DEAL, 'k1');
    expect([again.status, again.headers.get('idempotency-replayed'), again.text]).toEqual([201, 'true', made[0]?.text]);
  });

  it('repeats status, body and headers exactly, whatever became of the thing since', async () => {
    const first = await post('/deals', DEAL, 'k1');
    const { deal_id: id } = first.body as { deal_id: string };
    await api.patch(`/deals/${id}`, { display_name: 'Acme' });

    const again = await post('/deals', DEAL, 'k1');

    expect(again.text).toBe(first.text);
    for (const name of ['location', 'etag', 'content-type']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect([again.status, again.headers.get('etag')]).toEqual([201, expect.stringMatching(/^"1-/)]);
  });

  it('keeps a status that the handler chose, and a body as it was written', async () => {
    const first = await post('/keyed/plain', { name: 'a' }, 'k1');
    const again = await post('/keyed/plain', { name: 'a' }, 'k1');

    expect([first.status, again.status]).toEqual([202, 202]);
    expect(first.text).toContain('"lines":[{"name":"a"}]');
    expect(again.text).toBe(first.text);
    expect([again.headers.get('location'), again.headers.get('etag')]).toEqual(['/api/keyed/1', first.headers.get('etag')]);
    expect(first.headers.get('etag')).toMatch(/^"7-/);
    expect(await count('lines')).toBe(1);
  });

  it.each(['text', 'null'])('sends an answer that is no object as without a key, and again so: %s', async (path) => {
    const plain = await api.post(`/keyed/${path}`, { name: 'v' });
    const [first, again] = [await post(`/keyed/${path}`, { name: 'v' }, 'a'), await post(`/keyed/${path}`, { name: 'v' }, 'a')];
    const shown = ({ status, text, headers }: DealsAnswer): unknown => [status, text, headers.get('content-type')];
    expect([shown(first), shown(again)]).toEqual([shown(plain), shown(plain)]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('repeats an answer without a body', async () => {
    const patch = (): Promise<DealsAnswer> => api.patch('/keyed/empty', { name: 'a' }, { 'x-idempotency-key': 'k1' });
    expect((await patch()).status).toBe(204);
    const again = await patch();

    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([204, '', 'true']);
    expect(await count('lines')).toBe(1);
  });

  it('refuses a key with another body or query, and knows the same body in another order', async () => {
    await post('/deals', { ...DEAL, display_name: 'Acme' }, 'k1');

    const other = await post('/deals', { ...DEAL, display_name: 'Other' }, 'k1');
    expect([other.status, codeOf(other)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const reordered = await post('/deals', { display_name: 'Acme', ...DEAL }, 'k1');
    expect([reordered.status, reordered.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    const id = (reordered.body as { deal_id: string }).deal_id;
    await post(`/deals/${id}/transition`, { new_stage: 'initial_review' }, 'k2');
    expect((await post(`/deals/${id}/transition?transitioned_by=x`, { new_stage: 'initial_review' }, 'k2')).status).toBe(422);
  });

  it('knows a call however its path is spelled', async () => {
    const made = [];
    for (const path of ['/api/deals', '/api/deals/', '/API/deals', '/api/de%61ls', '/%61pi/Deals/']) {
      const response = await fetch(api.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' },
        body: JSON.stringify(DEAL),
      });
      made.push([response.status, response.headers.get('idempotency-replayed'), ((await response.json()) as { deal_id: string }).deal_id]);
    }
    const id = String(made[0]?.[2]);
    expect(made).toEqual([[201, null, id], ...Array<unknown>(4).fill([201, 'true', id])]);
    const moves = [];
    for (const spelled of [id, id.replace('-', '%2D'), id.replace('-', '%2d'), id.replace('D', '%44')]) {
      const { status, headers } = await post(`/deals/${spelled}/transition`, { new_stage: 'initial_review' }, 'k2');
      moves.push([status, headers.get('idempotency-replayed')]);
    }
    expect(moves).toEqual([[200, null], ...Array<unknown>(3).fill([200, 'true'])]);
  });

  it('keeps keys of different paths and methods apart', async () => {
    const [one, other] = [await api.open(), await api.open({ canonical_name: 'other' })];
    for (const id of [one, other]) {
      const moved = await post(`/deals/${id}/transition`, { new_stage: 'initial_review' }, 'k1');
      expect([moved.status, moved.headers.get('idempotency-replayed')]).toEqual([200, null]);
    }
    const patched = await api.patch(`/deals/${one}`, { display_name: 'x' }, { 'idempotency-key': 'k1' });
    expect([patched.status, patched.headers.get('idempotency-replayed')]).toEqual([200, null]);
  });

  it.each(['throws', 'refuses'])('releases the key and leaves nothing when the call %s', async (path) => {
    const first = await post(`/keyed/${path}`, { name: 'a' }, 'k1');
    const again = await post(`/keyed/${path}`, { name: 'a' }, 'k1');

    expect([first.status, again.status]).toEqual(path === 'throws' ? [500, 500] : [409, 409]);
    if (path === 'refuses') expect(again.body).toEqual({ refused: true });
    expect([await count('lines'), await count('zakops.idempotency_keys')]).toEqual([0, 0]);
  });

  it('releases the key of a call that was refused, so that a mended one may use it', async () => {
    expect((await post('/deals', { canonical_name: '' }, 'k1')).status).toBe(400);
    expect((await post('/deals', { ...DEAL, stage: 'closed_won' }, 'k1')).status).toBe(422);
    expect((await post('/deals', DEAL, 'k1')).status).toBe(201);
    expect(await count('zakops.deals')).toBe(1);
  });

  it('has one effect although the client leaves before the answer', async () => {
    const holder = await api.database.connect();
    await holder.query('BEGIN; LOCK TABLE lines');
    const leaving = request(`${api.url}/api/keyed/plain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' },
    });
    leaving.on('error', () => undefined);
    leaving.end(JSON.stringify({ name: 'a' }));
    await waitFor('the call to wait for the lock', async () => {
      const [row] = await api.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.n === 1;
    });
    expect(codeOf(await post('/keyed/plain', { name: 'a' }, 'k1'))).toBe('IDEMPOTENCY_KEY_IN_USE');

    leaving.destroy();
    await holder.query('COMMIT');

    const again = await waitFor('an answer', async () => {
      const answer = await post('/keyed/plain', { name: 'a' }, 'k1');
      return answer.status === 202 && answer;
    });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await count('lines')).toBe(1);
  });

  it.each(['secret', 'cookie'])('keeps no answer with a %s, and has no second effect', async (path) => {
    const first = await post(`/keyed/${path}`, { name: 'a' }, 'k1');
    const again = await post(`/keyed/${path}`, { name: 'a' }, 'k1');

    expect(first.status).toBe(201);
    expect([again.status, codeOf(again), again.headers.get('set-cookie')]).toEqual([409, 'IDEMPOTENT_ANSWER_WAS_SECRET', null]);
    expect(again.body).toMatchObject({ first_status: 201 });
    expect(await count('lines')).toBe(1);
    // Not even that it was another call: nothing is known of the first one but its end.
    expect(codeOf(await post(`/keyed/${path}`, { name: 'b' }, 'k1'))).toBe('IDEMPOTENT_ANSWER_WAS_SECRET');
    expect(await api.database.query(`SELECT encode(input, 'hex') AS input, headers, body FROM zakops.idempotency_keys`)).toEqual([
      { input: '', headers: {}, body: null },
    ]);
  });

  it.each([
    ['an empty key', { 'idempotency-key': '' }, 'Idempotency-Key'],
    ['a key that is too long', { 'idempotency-key': 'x'.repeat(256) }, 'Idempotency-Key'],
    ['a key with a blank', { 'idempotency-key': 'a b' }, 'Idempotency-Key'],
    ['a key beyond ASCII', { 'x-idempotency-key': 'ü' }, 'X-Idempotency-Key'],
    ['two keys', { 'idempotency-key': 'a', 'x-idempotency-key': 'b' }, 'X-Idempotency-Key'],
  ])('refuses %s', async (_, headers, pointer) => {
    const { status, body } = await api.post('/deals', DEAL, headers);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer }] });
    expect(await count('zakops.deals')).toBe(0);
  });

  it('takes the longest key, both headers when they agree, and a key in quotes as the same key', async () => {
    const key = '~'.repeat(255);
    expect((await api.post('/deals', DEAL, { 'idempotency-key': key, 'x-idempotency-key': key })).status).toBe(201);
    expect((await api.post('/deals', DEAL, { 'x-idempotency-key': key })).headers.get('idempotency-replayed')).toBe('true');
    expect((await post('/deals', DEAL, `"${key}"`)).headers.get('idempotency-replayed')).toBe('true');
  });

  it('forgets an answer after its time, and lets its key be used again', async () => {
    await post('/deals', DEAL, 'k1');
    expect(await api.database.query(`SELECT expires_at - now() > interval '23:59' AS long FROM zakops.idempotency_keys`)).toEqual([
      { long: true },
    ]);
    await api.database.query(`UPDATE zakops.idempotency_keys SET expires_at = now()`);

    const second = await post('/deals', { canonical_name: 'other' }, 'k1');

    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect([await count('zakops.deals'), await count('zakops.idempotency_keys')]).toEqual([2, 1]);
  });

  it('keeps nothing of any call that brings a password or another secret', async () => {
    interface Operation {
      readonly operationId: string;
      readonly security: readonly object[];
      readonly 'x-secret-answer'?: boolean;
      readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>> };
    }
    const { paths, components } = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, { properties?: object }> };
    };
    const bringsSecret = ({ requestBody }: Operation): boolean => {
      const name = requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
      return Object.keys(components.schemas[name]?.properties ?? {}).some((field) => /password|secret|token|api_?key/i.test(field));
    };
    // Their token says which preview was seen; it opens nothing.
    const previewed = new Set(['redriveDeadLetters', 'discardDeadLetters', 'replayEvents']);
    const kept = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .filter((operation) => operation.security.length > 0 && bringsSecret(operation) && !previewed.has(operation.operationId));

    expect(kept.map(({ operationId }) => operationId)).toContain('changePassword');
    expect(kept.filter((operation) => operation['x-secret-answer'] !== true)).toEqual([]);
  });

  it('ignores the header on a public route, also when it is known who calls', async () => {
    for (let call = 1; call <= 2; call += 1) {
      const { status, headers } = await post('/keyed/public', { name: 'a' }, 'k1');
      expect([status, headers.get('idempotency-replayed')]).toEqual([201, null]);
    }
    expect([await count('lines'), await count('zakops.idempotency_keys')]).toEqual([2, 0]);
  });

  it('ignores the header on a read, and on a removal, which is the same twice without it', async () => {
    const id = await api.open();
    expect((await api.get(`/deals/${id}`, { 'idempotency-key': '' })).status).toBe(200);
    const statuses = [];
    for (let call = 1; call <= 2; call += 1) {
      const answer = await api.call('DELETE', '/keyed/plain', undefined, { 'idempotency-key': 'k1' });
      statuses.push([answer.status, answer.headers.get('idempotency-replayed')]);
    }
    expect([statuses, await count('lines'), await count('zakops.idempotency_keys')]).toEqual([
      [
        [204, null],
        [204, null],
      ],
      2,
      0,
    ]);
  });
});
