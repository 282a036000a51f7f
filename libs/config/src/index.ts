export { ConfigModule } from './config.module.js';
export { ConfigError } from './config-problem.js';
export type { ConfigProblem } from './config-problem.js';
export { loadConfig } from './load-config.js';
export type { ConfigRule, LoadedConfig } from './load-config.js';
export { RuntimeConfig } from './runtime.config.js';
export { defineConfig } from './setting.js';
export type { AnyConfigClass, ConfigClass, Setting, SettingValues } from './setting.js';
export { flag, integer, oneOf, secondsAsMs, text, textList } from './setting-types.js';
