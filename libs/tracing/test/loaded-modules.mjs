import { registerHooks } from 'node:module';
import { writeSync } from 'node:fs';

// Given to a process by NODE_OPTIONS=--import: writes a line for every module of OpenTelemetry that is loaded, by import and by require.
registerHooks({
  load(url, context, nextLoad) {
    if (url.includes('/@opentelemetry/')) writeSync(2, `loaded ${url}\n`);
    return nextLoad(url, context);
  },
});
