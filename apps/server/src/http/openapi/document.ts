import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ANSWERS_OF_ALL_ROUTES, ProblemAnswer } from './answers.js';

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
      SwaggerModule.createDocument(app, description, { extraModels: [ProblemAnswer], autoTagControllers: false }),
    );
  SwaggerModule.setup('docs', app, make, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Lodebook API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
}

function withAnswersOfAll(document: OpenAPIObject): OpenAPIObject {
  for (const { get, post } of Object.values(document.paths)) {
    for (const operation of [get, post]) {
      if (operation) operation.responses = { ...ANSWERS_OF_ALL_ROUTES, ...operation.responses };
    }
  }
  return document;
}
