const pure = '^libs/(access|custody|attestation|claims|signing|transparency)/src';
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A cycle means two files are one thing.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'pure-libs-touch-nothing',
      severity: 'error',
      comment:
        'Deciders, folds, verdicts and proofs run in the server, offline and in a browser: no framework, no I/O, no clock.',
      from: { path: pure, pathNot: '\\.spec\\.ts$|/testing/' },
      to: { path: '@nestjs|rxjs|kysely|better-sqlite3|db-client|fastify', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-libs-no-node-io',
      severity: 'error',
      comment: 'As above: no file, socket or process from a pure lib.',
      from: { path: pure, pathNot: '\\.spec\\.ts$|/testing/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'transparency-depends-on-nothing',
      severity: 'error',
      comment: 'The verifier must be readable alone.',
      from: { path: '^libs/transparency/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!transparency)' },
    },
    {
      name: 'custody-depends-on-nothing',
      severity: 'error',
      comment: 'The innermost ring.',
      from: { path: '^libs/custody/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!custody)' },
    },
    {
      name: 'access-knows-only-custody',
      severity: 'error',
      comment: 'Who may is decided by roles of organisations, and by nothing that is seen.',
      from: { path: '^libs/access/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!access|custody)' },
    },
    {
      name: 'attestation-knows-only-custody',
      severity: 'error',
      comment: 'Words of the registry, nothing else.',
      from: { path: '^libs/attestation/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!attestation|custody)' },
    },
    {
      name: 'claims-know-only-events',
      severity: 'error',
      comment: 'claims → custody and attestation events.',
      from: { path: '^libs/claims/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!claims|attestation|custody)' },
    },
    {
      name: 'signing-knows-events-and-signatures',
      severity: 'error',
      comment: 'signing → custody events and the JWS of transparency.',
      from: { path: '^libs/signing/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!signing|custody|transparency)' },
    },
    {
      name: 'libs-do-not-know-apps',
      severity: 'error',
      comment: 'Dependencies point inwards.',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'through-the-front-door',
      severity: 'error',
      comment: "Another lib is entered by its index.ts only: what it does not export is nobody else's business.",
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/', '/testing/'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nobody calls it: delete it.',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '\\.spec\\.ts$', '(^|/)\\.[^/]+', 'jest\\.config', 'eslint\\.config'],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
