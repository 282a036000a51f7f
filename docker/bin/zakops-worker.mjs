#!/usr/bin/env -S node --max-semi-space-size=8
import './end-until-ready.mjs';

await import('../dist/apps/outbox-worker/src/main.js');
