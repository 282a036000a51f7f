export { QuarantineConfig } from './quarantine.config.js';
export { QuarantineHttpModule } from './quarantine-http.module.js';
export { QuarantineModule } from './quarantine.module.js';
export { QuarantineSearchModule } from './search/quarantine-search.module.js';
export { DecideItem } from './commands/decide-item/decide-item.command.js';
export { ReceiveMail } from './commands/receive-mail/receive-mail.command.js';
export type { Mail } from './domain/mail.js';
