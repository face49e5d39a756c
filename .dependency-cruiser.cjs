const pure = '^libs/(vocabulary|access|custody|attestation|claims|signing|transparency)/src';
/** What is answered, as types. */
const ANSWERS = '^(apps/server|libs/read-model)/src/answers/index\\.ts$';
/**
 * A room of a library or of the server, and the rooms of the same house that it must not know: those above it.
 * @param {string} house path of the folder that the rooms are in
 * @param {readonly [room: string, comment: string][]} rooms from the ground floor up
 */
function floors(house, rooms) {
  return rooms.slice(0, -1).map(([room, comment], index) => ({
    name: `${house.split('/')[1]}-${room}`,
    severity: 'error',
    comment,
    from: { path: `^${house}/${room}/`, pathNot: '\\.spec\\.ts$' },
    to: {
      path: `^${house}/(${rooms
        .slice(index + 1)
        .map(([above]) => above)
        .join('|')})/`,
    },
  }));
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment:
        'A cycle means two files are one thing: one of types as well, for neither can be read without the other.',
      from: {},
      to: { circular: true },
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
      name: 'vocabulary-depends-on-nothing',
      severity: 'error',
      comment: 'The kinds of field and what is derived from them know no fact: facts are said in their words.',
      from: { path: '^libs/vocabulary/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!vocabulary)' },
    },
    {
      name: 'custody-knows-only-the-vocabulary',
      severity: 'error',
      comment: 'The innermost ring: facts, said in the words of the vocabulary.',
      from: { path: '^libs/custody/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!custody|vocabulary)' },
    },
    {
      name: 'access-knows-only-custody',
      severity: 'error',
      comment:
        'Who may is decided by roles of organisations, what is shown by kinds of field; by nothing that is seen.',
      from: { path: '^libs/access/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!access|custody|vocabulary)' },
    },
    {
      name: 'attestation-knows-only-custody',
      severity: 'error',
      comment: 'Facts of the registry, nothing else.',
      from: { path: '^libs/attestation/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!attestation|custody|vocabulary)' },
    },
    {
      name: 'claims-know-only-events',
      severity: 'error',
      comment: 'claims → custody and attestation events.',
      from: { path: '^libs/claims/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!claims|attestation|custody|vocabulary)' },
    },
    {
      name: 'signing-knows-events-and-signatures',
      severity: 'error',
      comment: 'signing → the facts that commands record, and the JWS of transparency.',
      from: { path: '^libs/signing/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!signing|attestation|custody|vocabulary|transparency)' },
    },
    {
      name: 'recording-knows-deciders-and-the-log',
      severity: 'error',
      comment:
        'One way to record, for the server, an import and a program of one’s own: no framework, no read tables, no HTTP.',
      from: { path: '^libs/recording/src', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^libs/(?!recording|access|custody|attestation|signing|transparency|vocabulary|event-store|following)|@nestjs|rxjs|fastify|better-sqlite3|db-client',
      },
    },
    {
      name: 'following-knows-only-the-log',
      severity: 'error',
      comment: 'One way to follow the log, for tables, verdicts, tree and keys: what is made of an event, they say.',
      from: { path: '^libs/following/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!following|event-store)|@nestjs|rxjs|fastify|kysely|better-sqlite3|db-client' },
    },
    {
      name: 'programmes-are-files-of-claims',
      severity: 'error',
      comment: 'Reads the files that the pure rooms decide and judge by, for every program that does.',
      from: { path: '^libs/programmes/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!programmes|claims|attestation|vocabulary)' },
    },
    {
      name: 'audit-needs-no-server',
      severity: 'error',
      comment: 'Whoever checks a log or a bundle runs no server: no Nest, no Fastify, no bus of commands.',
      from: { path: '^libs/audit/src' },
      to: { path: '@nestjs|fastify|class-validator|reflect-metadata' },
    },
    ...floors('libs/audit/src', [
      ['log', 'What a log is and what of it is the ledger’s: nothing is hashed, signed or judged yet.'],
      [
        'disclosures',
        'Withheld values, beside the log and never in it: kept and opened; who may see them, the server says.',
      ],
      ['tree', 'Hashes and their file: a tree signs nothing, it is signed.'],
      ['checkpoints', 'What was signed of the log, by which key; what the events say is not their business.'],
      ['replay', 'Reads a log anew, every record against what was signed, and judges what it says.'],
      ['evidence', 'Files for those who have no ledger, written from the rooms below and checked by them.'],
      ['fsck', 'The top: holds everything in a data folder against everything else.'],
    ]),
    {
      name: 'verify-needs-no-server',
      severity: 'error',
      comment: 'A bundle is checked by whoever has no ledger: neither the command nor what it reads loads the server.',
      from: { path: '^apps/cli/src/(main|program|verify\\.command|given-files|progress|exit)\\.ts$' },
      to: { path: '^apps/server/' },
    },
    {
      name: 'cli-enters-the-server-by-its-index',
      severity: 'error',
      comment: 'What the server does not export is its own business.',
      from: { path: '^apps/cli/' },
      to: { path: '^apps/server/', pathNot: '^apps/server/src/index\\.ts$' },
    },
    {
      name: 'console-knows-what-a-browser-runs',
      severity: 'error',
      comment:
        'A browser runs the pure libs and the verifier. Of the server and its tables the console knows what they answer.',
      from: { path: '^apps/console/' },
      to: {
        path: '^apps/(?!console/)|^libs/(event-store|following|recording|programmes|read-model|audit)/',
        pathNot: [ANSWERS, '^libs/audit/src/evidence/index\\.ts$'],
      },
    },
    {
      name: 'console-takes-answers-as-types',
      severity: 'error',
      comment:
        'The types of answers come from their descriptions; the descriptions themselves would reach every browser.',
      from: { path: '^apps/console/' },
      to: { path: ANSWERS, dependencyTypesNot: ['type-only'] },
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
      to: {
        path: '^libs/([^/]+)/src/',
        pathNot: ['^libs/[^/]+/src/((evidence|answers)/)?index\\.ts$', '^$1/$2/', '/testing/'],
      },
    },
    ...floors('libs/read-model/src', [
      ['views', 'The tables and how they are opened: what is in them is not their business.'],
      ['answers', 'The shapes of what is answered: said once, before anybody fills them.'],
      ['chains', 'Reads events and nodes of a batch’s chain; nothing is judged, shown or written here.'],
      ['projection', 'Writes the tables from the log, and never reads what was judged of them.'],
      ['verdicts', 'Judges what is projected; who may see a verdict is decided when it is asked for.'],
      ['redaction', 'Says what of an answer its reader may know, whatever was asked.'],
      ['queries', 'The top: finds an answer and lets nothing out that was not redacted.'],
    ]),
    {
      name: 'server-rooms-know-no-start',
      severity: 'error',
      comment: 'index, server, ledger and ledger.module put the rooms together: no room knows how.',
      from: { path: '^apps/server/src/[^/]+/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/server/src/[^/]+\\.ts$' },
    },
    ...floors('apps/server/src', [
      ['caller', 'Who sent a request: known before anything is decided or refused.'],
      ['problem', 'How a refusal is answered; who refuses, and why, is not its business.'],
      ['answers', 'What the server itself answers, described once: nothing is asked, done or shown here.'],
      ['load-shedding', 'How much is taken at once, and from whom; what a request asks for is not looked at.'],
      ['configuration', 'What the operator has set, read once at the start: nothing runs yet.'],
      ['following', 'Keeps the read tables beside the log; no request comes here.'],
      ['log', 'The log as this server has it, and what others did to it; who records and who reads is said above.'],
      ['observability', 'Tells the operator how the rooms below are doing.'],
      ['disclosures', 'Withheld values of this ledger and who sees them; how a command brings them is said above.'],
      ['access', 'Keys, tokens and capabilities: who may come in, whatever the request is about.'],
      ['shapes', 'What a body must look like, by the descriptions of the facts; nothing is done with it.'],
      ['command', 'The bus of commands, and thin handlers of what libs/recording decides: bodies come in checked.'],
      ['intake', 'Where every command comes in, as a request, a line of a stream or of a file.'],
      ['claims', 'Claims of a batch as of a moment; which thread works them out is said above.'],
      ['audit', 'Replays and differences of the log; which thread works them out, and who asks, is said above.'],
      ['news', 'What was recorded, told to each as far as it sees it; how it is sent, HTTP knows.'],
      ['reading', 'Threads that answer what takes long; HTTP asks them.'],
      ['http', 'The top: routes and their documents. Nothing below knows of an address.'],
    ]),
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
