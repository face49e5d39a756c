import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { POLICY, type Policy } from './policy.js';

/** Who may use which route, as its controller states it. */
@Injectable()
export class RoutePolicies implements OnModuleInit {
  readonly #policies = new Map<string, Policy>();

  readonly #discovery: DiscoveryService;
  readonly #scanner: MetadataScanner;
  readonly #reflector: Reflector;

  constructor(discovery: DiscoveryService, scanner: MetadataScanner, reflector: Reflector) {
    this.#discovery = discovery;
    this.#scanner = scanner;
    this.#reflector = reflector;
  }

  /** @throws Error when a route does not state who may use it: then the server does not start */
  onModuleInit(): void {
    for (const { instance, metatype } of this.#discovery.getControllers()) {
      if (!metatype) continue;
      const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
      for (const name of this.#scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name] as () => unknown;
        if (!Reflect.hasMetadata(PATH_METADATA, handler)) continue;
        const route = routeOf(metatype, handler);
        const policy = this.#reflector.getAllAndOverride<Policy | undefined>(POLICY, [handler, metatype]);
        if (policy === undefined) {
          throw new Error(`the route ${route} (${metatype.name}.${name}) does not say who may use it`);
        }
        this.#policies.set(route, policy);
      }
    }
  }

  /** @param path as the router has it, with its parameters unfilled */
  of(method: string, path: string): Policy | undefined {
    return this.#policies.get(`${method === 'HEAD' ? 'GET' : method} ${path}`);
  }
}

function routeOf(controller: object, handler: object): string {
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
  const [prefix, path] = [controller, handler].map((of) => String(Reflect.getMetadata(PATH_METADATA, of)));
  return `${method} ${`/${prefix}/${path}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')}`;
}
