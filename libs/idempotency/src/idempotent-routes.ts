import { routeRules } from '#zakops/auth';
import { Injectable, RequestMethod } from '@nestjs/common';
import type { OnModuleInit, Type } from '@nestjs/common';
import { INTERCEPTORS_METADATA, METHOD_METADATA } from '@nestjs/common/internal';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

const KEYED_METHODS: readonly (RequestMethod | undefined)[] = [RequestMethod.POST, RequestMethod.PATCH];

/** Makes sure at the start that exactly the POST and PATCH routes with a known caller have the mark `@Idempotent()`. */
@Injectable()
export class IdempotentRoutes implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error that names each route with a missing or needless mark */
  onModuleInit(): void {
    const faults = this.discovery.getControllers().flatMap(({ metatype }) => this.faultsOf(metatype as Type));
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  private faultsOf(controller: Type): readonly string[] {
    const prototype = controller.prototype as Readonly<Record<string, object>>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as () => unknown;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      const interceptors = (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as readonly unknown[];
      const isMarked = interceptors.includes(IdempotencyInterceptor);
      const isKeyed = KEYED_METHODS.includes(method) && routeRules(controller, handler)?.access.kind !== 'public';
      if (isMarked === isKeyed) return [];
      return [`${controller.name}.${name} ${isKeyed ? 'needs the mark' : 'must not have the mark'} @Idempotent().`];
    });
  }
}
