import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A file of the documents page, by the last part of its path. */
export type DocsFile = { readonly type: string; readonly content: string } | { readonly type: string; readonly path: string };

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>ZakOps API</title>
    <link rel="icon" href="/docs/favicon.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

// A file of its own, because the content security policy allows no inline script.
const START = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

/** The files under `/docs`; those of Swagger UI come from its package, so the page needs no other server. */
export function docsFile(name: string): DocsFile | undefined {
  switch (name) {
    case '':
      return { type: 'text/html', content: HTML };
    case 'start.js':
      return { type: 'text/javascript', content: START };
    case 'swagger-ui-bundle.js':
      return { type: 'text/javascript', path: asset('swagger-ui-bundle.js') };
    case 'swagger-ui.css':
      return { type: 'text/css', path: asset('swagger-ui.css') };
    case 'favicon.png':
      return { type: 'image/png', path: asset('favicon-32x32.png') };
    default:
      return undefined;
  }
}

function asset(file: string): string {
  // Swagger UI is a dependency of @nestjs/swagger, whose document it must be able to show; so it is found from there.
  const ofSwagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  return join(dirname(ofSwagger.resolve('swagger-ui-dist/package.json')), file);
}
