/** One answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; an empty object when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is sent beside method and path. */
export interface Sending {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Keeps cookies, and sends the token of its session with what changes something, as the page of an honest client does. */
export class Browser {
  readonly cookies = new Map<string, string>();
  csrfToken: string | undefined;

  constructor(readonly url: string) {}

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Calls a path as it stands; headers given here win. */
  async call(method: string, path: string, { body, headers = {} }: Sending = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.cookies.size === 0 ? {} : { cookie: this.cookieHeader }),
        ...(method === 'GET' || this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {},
    };
    const token = answer.body['csrf_token'];
    if (typeof token === 'string') this.csrfToken = token;
    return answer;
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call('GET', path, headers === undefined ? {} : { headers });
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('POST', path, { body, headers });
  }

  logIn(email: string, password: string): Promise<Answer> {
    return this.post('/api/auth/login', { email, password });
  }

  /** Makes a deal and gives its id. */
  async makeDeal(name: string): Promise<string> {
    const { status, body } = await this.post('/api/deals', { canonical_name: name });
    if (status !== 201) throw new Error(`The deal was answered with ${String(status)}.`);
    return String(body['deal_id']);
  }

  /** Makes an API key and gives its text. */
  async makeKey(scopes: readonly string[]): Promise<string> {
    const { status, body } = await this.post('/api/auth/api-keys', { name: 'of an attack', scopes });
    if (status !== 201) throw new Error(`The key was answered with ${String(status)}.`);
    return String(body['key']);
  }

  private keep(line: string): void {
    const [pair = ''] = line.split(';', 1);
    const at = pair.indexOf('=');
    if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at));
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
