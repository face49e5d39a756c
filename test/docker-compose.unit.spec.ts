import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');

/** Every variable the server knows. */
const SERVER_VARIABLES = [
  'LODEBOOK_ADMIN_KEY',
  'LODEBOOK_DATA',
  'LODEBOOK_EVENTSTORE_URL',
  'LODEBOOK_HOST',
  'LODEBOOK_OIDC_AUDIENCE',
  'LODEBOOK_OIDC_ISSUER',
  'LODEBOOK_OIDC_TOKEN_TYPE',
  'LODEBOOK_PORT',
  'LODEBOOK_SIGNING_KEY',
  'LODEBOOK_VIEWS_URL',
];

const DURATION = { type: 'string', pattern: '^\\d+(ms|s|m|h)$' };

/** The part of the Compose Specification (compose-spec.json) that the file uses, and nothing else. */
const COMPOSE_SCHEMA = {
  type: 'object',
  required: ['services'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
    services: { type: 'object', additionalProperties: { $ref: '#/$defs/service' } },
    volumes: { type: 'object', additionalProperties: { type: 'null' } },
  },
  $defs: {
    service: {
      type: 'object',
      additionalProperties: false,
      oneOf: [{ required: ['image'] }, { required: ['build'] }],
      required: ['healthcheck', 'restart'],
      properties: {
        image: { type: 'string', pattern: '^[a-z0-9./-]+:[\\w.-]+$' },
        build: {
          type: 'object',
          additionalProperties: false,
          required: ['context', 'dockerfile'],
          properties: { context: { type: 'string' }, dockerfile: { type: 'string' } },
        },
        environment: { type: 'object', additionalProperties: { type: 'string' } },
        ports: { type: 'array', items: { type: 'string', pattern: '^127\\.0\\.0\\.1:\\d{1,5}:\\d{1,5}$' } },
        volumes: { type: 'array', items: { type: 'string', pattern: '^[a-z][a-z0-9-]*:/[\\w/.-]+$' } },
        depends_on: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            additionalProperties: false,
            required: ['condition'],
            properties: {
              condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] },
            },
          },
        },
        healthcheck: {
          type: 'object',
          additionalProperties: false,
          required: ['test', 'interval', 'timeout', 'retries'],
          properties: {
            test: {
              type: 'array',
              minItems: 2,
              prefixItems: [{ enum: ['CMD', 'CMD-SHELL'] }],
              items: { type: 'string' },
            },
            interval: DURATION,
            timeout: DURATION,
            retries: { type: 'integer', minimum: 1 },
            start_period: DURATION,
          },
        },
        restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
      },
    },
  },
};

interface Service {
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment: Record<string, string>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly healthcheck: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Record<'server' | 'eventstore', Service>;
  readonly volumes: Record<string, null>;
}

const containerPort = (service: Service): string => service.ports[0]!.split(':').at(-1)!;

describe('docker-compose.yml', () => {
  const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')) as Compose;
  const { server, eventstore } = compose.services;

  it('conforms to the Compose Specification', () => {
    const validate = new Ajv2020({ allErrors: true, strictTuples: false }).compile(COMPOSE_SCHEMA);
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  it('starts a server and an EventStoreDB', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['eventstore', 'server']);
    expect(server.depends_on).toEqual({ eventstore: { condition: 'service_healthy' } });
  });

  it('sets the variables the server knows, and no other', () => {
    expect(Object.keys(server.environment).sort()).toEqual(SERVER_VARIABLES);
  });

  it('points the server at the port that EventStoreDB listens on, and publishes the port of each', () => {
    expect(containerPort(server)).toBe(server.environment.LODEBOOK_PORT);
    expect(containerPort(eventstore)).toBe(eventstore.environment.EVENTSTORE_NODE_PORT);
    expect(server.environment.LODEBOOK_EVENTSTORE_URL).toBe(`esdb://eventstore:${containerPort(eventstore)}?tls=false`);
    for (const service of [server, eventstore]) {
      expect(service.healthcheck.test.join(' ')).toContain(`http://127.0.0.1:${containerPort(service)}/`);
    }
  });

  it('declares each volume that is mounted, and keeps the data folder in one', () => {
    const mounted = [server, eventstore].flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0]!));
    expect(mounted.sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(server.volumes.map((volume) => volume.split(':')[1])).toEqual([server.environment.LODEBOOK_DATA]);
  });

  it('builds from a Dockerfile that copies files that exist', () => {
    const dockerfile = join(ROOT, server.build!.context, server.build!.dockerfile);
    const copied = [...readFileSync(dockerfile, 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)];
    const sources = copied.flatMap(([, files]) => files!.split(' '));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
  });
});
