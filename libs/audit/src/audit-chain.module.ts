import { Module } from '@nestjs/common';
import { AuditChainStore } from './chain/audit-chain.store.js';
import { AuditChainer } from './chain/audit-chainer.js';

/** Chains entries on demand. */
@Module({ providers: [AuditChainStore, AuditChainer], exports: [AuditChainStore, AuditChainer] })
export class AuditChainModule {}
