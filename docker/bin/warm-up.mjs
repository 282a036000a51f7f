// Loads what the programs load, without starting them: Node writes what it compiled to its cache when this ends.
await import('../dist/apps/api/src/app.module.js');
await import('../dist/apps/outbox-worker/src/worker.module.js');
