import { defineConfig, integer, text, textList } from '#zakops/config';

/** An origin as a browser sends it: scheme, host, port, and nothing behind. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}

const origins = textList().superRefine((list, context) => {
  for (const origin of list) {
    if (origin === '*') {
      context.addIssue({ code: 'custom', message: 'must name its origins: `*` would let any page act with the session of its visitor' });
    } else if (!isOrigin(origin)) {
      context.addIssue({
        code: 'custom',
        message: `holds ${origin}, which is not an origin (scheme, host and port, without a slash at the end)`,
      });
    }
  }
});

/** Where the API listens, and which pages may call it. */
export class HttpConfig extends defineConfig('HTTP', {
  port: {
    env: 'PORT',
    schema: integer(0, 65_535),
    default: '8000',
    form: 'port, 0 to 65535; 0 takes any free one',
    description: 'The port of the API.',
    example: '8000',
  },
  host: {
    env: 'HOST',
    schema: text(1, 255),
    default: '0.0.0.0',
    form: 'address or host name',
    description: 'The address the API listens on; 127.0.0.1 keeps it to this machine.',
    example: '0.0.0.0',
  },
  corsOrigins: {
    env: 'CORS_ORIGINS',
    schema: origins,
    default: '[]',
    form: 'JSON array of origins, or the same separated by commas',
    description: 'The pages that may call the API from a browser, with credentials. Empty: only pages of the same origin. `*` is refused.',
    example: '["https://app.example.com"]',
  },
}) {}
