#!/usr/bin/env -S node --max-semi-space-size=8
import './end-until-ready.mjs';

await import('../dist/apps/api/src/main.js');
