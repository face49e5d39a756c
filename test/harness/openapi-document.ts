import { Ajv2020 } from 'ajv/dist/2020.js';

/** The part of an OpenAPI document that tests read; {@link faultsOf} checks that it is present. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
interface OperationObject {
  readonly operationId: string;
  /** Why there is no example that works repeatedly. */
  readonly 'x-no-example'?: string;
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaObject>> };
  /** If different from the document's; an empty requirement means that no key is needed. */
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, MediaObject>> }>>;
}
interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface MediaObject {
  readonly schema?: object;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

const media = {
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    type: 'object',
    properties: {
      schema: { type: ['object', 'boolean'] },
      examples: { type: 'object', additionalProperties: { type: 'object', required: ['value'] } },
    },
    additionalProperties: false,
  },
};
const parameter = {
  type: 'object',
  required: ['name', 'in', 'schema'],
  properties: {
    name: { type: 'string', minLength: 1 },
    in: { enum: ['path', 'query', 'header', 'cookie'] },
    description: { type: 'string' },
    required: { type: 'boolean' },
    schema: { type: ['object', 'boolean'] },
    examples: { type: 'object', additionalProperties: { type: 'object', required: ['value'] } },
  },
  if: { properties: { in: { const: 'path' } } },
  then: { required: ['required'], properties: { required: { const: true } } },
  additionalProperties: false,
};
const response = {
  type: 'object',
  required: ['description'],
  properties: { description: { type: 'string' }, headers: { type: 'object' }, content: media },
  additionalProperties: false,
};
const operation = {
  type: 'object',
  required: ['operationId', 'summary', 'responses'],
  properties: {
    operationId: { type: 'string', minLength: 1 },
    summary: { type: 'string', minLength: 1 },
    description: { type: 'string' },
    tags: { type: 'array', minItems: 1, items: { type: 'string' } },
    parameters: { type: 'array', items: parameter },
    requestBody: {
      type: 'object',
      required: ['content'],
      properties: { description: { type: 'string' }, required: { type: 'boolean' }, content: media },
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      patternProperties: { '^[1-5][0-9X]{2}$': response },
      additionalProperties: false,
    },
    security: { type: 'array', items: { type: 'object', additionalProperties: { type: 'array' } } },
  },
  patternProperties: { '^x-': {} },
  additionalProperties: false,
};
/** The fixed fields of the OpenAPI Specification 3.1.0, section 4.8, as far as this document uses them. */
const DOCUMENT = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: { type: 'object', required: ['title', 'version'] },
    servers: { type: 'array' },
    tags: { type: 'array' },
    security: { type: 'array' },
    paths: {
      type: 'object',
      minProperties: 1,
      patternProperties: {
        '^/': {
          type: 'object',
          minProperties: 1,
          properties: Object.fromEntries(METHODS.map((method) => [method, operation])),
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    components: {
      type: 'object',
      required: ['schemas', 'securitySchemes'],
      properties: {
        schemas: { type: 'object', propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' } },
        securitySchemes: { type: 'object' },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

export function operationsOf({ paths }: OpenApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
}

/** What is wrong with a document by OpenAPI 3.1; its schemas are JSON Schema 2020-12 and are compiled. */
export function faultsOf(document: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  if (!ajv.validate(DOCUMENT, document)) {
    return ajv.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
  const operations = operationsOf(document as OpenApiDocument);
  return [
    ...repeated(operations.map(({ operationId }) => operationId)).map((id) => `operationId ${id} is not unique`),
    ...operations.flatMap(templateFaults),
    ...schemaFaults(document as OpenApiDocument),
  ];
}

/** Checks that the template of a path and its declared path parameters agree. */
function templateFaults({ method, path, parameters = [] }: Operation): string[] {
  const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!).sort();
  const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  return named.join() === declared.sort().join() ? [] : [`${method} ${path} declares ${declared.join()}`];
}

function schemaFaults(document: OpenApiDocument): string[] {
  const schemas = new DocumentSchemas(document);
  return Object.keys(document.components.schemas).flatMap((name) => {
    try {
      schemas.faults(['components', 'schemas', name], {});
      return [];
    } catch (error) {
      return [`schema ${name}: ${(error as Error).message}`];
    }
  });
}

function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

/** Checks values against schemas anywhere in the document. */
export class DocumentSchemas {
  // Formats are annotations in JSON Schema 2020-12.
  readonly #ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });

  constructor(document: OpenApiDocument) {
    this.#ajv.addSchema(document, 'openapi');
  }

  /** @param place keys from the document's root to the schema */
  faults(place: readonly string[], value: unknown): string[] {
    const pointer = place.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')));
    const validate = this.#ajv.compile({ $ref: `openapi#/${pointer.join('/')}` });
    return validate(value) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
}
