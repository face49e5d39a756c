import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { problemAnswer, ProblemSchema } from './answers.js';

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;
type ResponsesObject = OperationObject['responses'];

/** Where {@link documentApi} answers, as the router has it. */
export const DOCUMENTATION = /^\/(?:docs(?:\/.*)?|openapi\.(?:json|yaml))$/;

/** OpenAPI 3.1 at `/openapi.json`, the reference page at `/docs`. Both need no key. */
export function documentApi(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Lodebook')
    .setDescription(
      'The custody ledger of critical minerals. Refiners append custody events, battery makers query the provenance of a batch, regulators replay history. Masses are whole grams; times are RFC 3339 UTC with milliseconds; errors are problem documents (RFC 9457). The examples work on the demonstration chain that `npm start` loads.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'API key' }, 'key')
    .addSecurityRequirements('key')
    .build();
  const make = () =>
    withAnswersOfAll(
      SwaggerModule.createDocument(app, description, { extraModels: [ProblemSchema], autoTagControllers: false }),
    );
  SwaggerModule.setup('docs', app, make, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Lodebook API',
    customCss: 'body > svg { position: absolute; }',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
}

/** What a route can answer by its kind, beside what it says of itself. */
function withAnswersOfAll(document: OpenAPIObject): OpenAPIObject {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods) as [string, OperationObject][]) {
      // A body is read, and refused, wherever HTTP gives it a meaning or leaves it one (RFC 9110, section 9.3).
      const more = method === 'get' ? [] : [413, 415];
      operation.responses = { ...answersOfKind(path, operation, more), ...operation.responses };
    }
  }
  return document;
}

function answersOfKind(path: string, { security }: OperationObject, more: readonly number[]): ResponsesObject {
  const open = security?.some((requirement) => Object.keys(requirement).length === 0) === true;
  const statuses = [400, ...(open ? [] : [401, 403]), ...(path.includes('{') ? [404] : []), ...more, 429, 503];
  return Object.fromEntries(statuses.map((status) => [status, problemAnswer(status)]));
}
