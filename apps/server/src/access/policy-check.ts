import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { POLICY } from './policy.js';

/** Stops the start when a route says nothing of who may use it. */
@Injectable()
export class PolicyCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getControllers()) {
      if (!metatype) continue;
      const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name] as () => unknown;
        if (!Reflect.hasMetadata(PATH_METADATA, handler)) continue;
        if (this.reflector.getAllAndOverride(POLICY, [handler, metatype]) === undefined) {
          const route = routeOf(metatype, handler);
          throw new Error(`the route ${route} (${metatype.name}.${name}) does not say who may use it`);
        }
      }
    }
  }
}

function routeOf(controller: object, handler: object): string {
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
  const [prefix, path] = [controller, handler].map((of) => String(Reflect.getMetadata(PATH_METADATA, of)));
  return `${method} ${`/${prefix}/${path}`.replace(/\/{2,}/g, '/')}`;
}
