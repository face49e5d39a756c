import { Body, Controller, Get, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtension,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { visibilityOf } from '#access';
import { LedgerQueries } from '#read-model';
import { parseTilePath, tileWidth, VerificationError, type TileId } from '#transparency';
import { pattern } from '#vocabulary';
import { Audit } from '#audit';
import { Allow, PublicRoute } from '../access/policy.js';
import { type Consistency, type Inclusion, type LogKeys, type Rotation } from '../answers/audit-answers.js';
import { knownPrincipalOf, visibilityOfRequest } from '../caller/principal.js';
import { entryBundle } from '../audit/entry-bundle.js';
import { shapeOf } from '../shapes/shape.js';
import { invalidRequest, parseBody, queryProblem } from '../shapes/validation.js';
import { Problem } from '../problem/problem.js';
import { Problems } from './openapi/answers.js';
import { ConsistencySchema, InclusionSchema, LogKeysSchema, RotationSchema } from './openapi/audit-answers.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';
import { orNotFound, readQuery, type QueryString } from './page.js';

const COSIGNATURE = shapeOf('CosignatureDto', {
  /** `— name base64`, as C2SP tlog-cosignature has it. */
  cosignature: pattern(/^[^]{0,8192}$/, 'must be a text of 8192 characters at most'),
  /** The witness's verifier key. */
  witness: pattern(/^[^]{0,1024}$/, 'must be a text of 1024 characters at most'),
});

const TREE_PATIENCE_MS = 3_000;
const NOTE = 'text/plain; charset=utf-8';
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

@ApiTags('Audit')
@Problems(400, 404, 503)
@UseInterceptors(ReadYourWrites)
@Controller('v1/audit')
export class AuditProofsController {
  readonly #audit: Audit;
  readonly #ledger: LedgerQueries;

  constructor(audit: Audit, ledger: LedgerQueries) {
    this.#audit = audit;
    this.#ledger = ledger;
  }

  @Get('checkpoint')
  @PublicRoute()
  @ApiOperation({ summary: 'The latest signed checkpoint: a C2SP tlog-checkpoint with its cosignatures' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  async checkpoint(@Query() query: QueryString, @Res() reply: FastifyReply): Promise<void> {
    readQuery(query, []);
    await reply
      .type(NOTE)
      .header('cache-control', 'public, no-cache')
      .send(await this.#audit.checkpoint());
  }

  @Post('checkpoint/cosignatures')
  @Allow('keep-log-keys')
  @ApiExtension('x-no-example', 'A cosignature is over the latest checkpoint, which changes')
  @ApiOperation({ summary: 'Add a witness’s cosignature to the last checkpoint' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['cosignature', 'witness'],
      properties: { cosignature: { type: 'string' }, witness: { type: 'string', description: 'Verifier key' } },
    },
  })
  @ApiResponse({ status: 201, content: { 'text/plain': { schema: { type: 'string' } } } })
  async cosign(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const { cosignature, witness } = parseBody(COSIGNATURE, body);
    try {
      await reply
        .status(201)
        .type(NOTE)
        .send(await this.#audit.journal.cosign(cosignature, witness));
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      const path = error.code.startsWith('key') ? 'witness' : 'cosignature';
      throw invalidRequest([{ path, code: error.code, message: error.message }]);
    }
  }

  @Post('key-rotations')
  @Allow('keep-log-keys')
  @ApiOperation({ summary: 'Rotate the signing key: the current key appoints a new one, which signs from now on' })
  @ApiResponse({ status: 201, type: RotationSchema })
  async rotate(): Promise<Rotation> {
    const { key, from } = await this.#audit.rotateKey();
    return { key, from: Number(from) };
  }

  @Get('keys')
  @PublicRoute()
  @ApiOperation({ summary: 'The first key of the log and the record of each rotation, signed by the previous key' })
  @ApiOkResponse({ type: LogKeysSchema })
  async keys(@Query() query: QueryString): Promise<LogKeys> {
    readQuery(query, []);
    return this.#audit.keys();
  }

  @Get('proofs/inclusion')
  @PublicRoute()
  @ApiBearerAuth('key')
  @Problems(401)
  @ApiOperation({
    summary: 'Proof that an event is in the log (RFC 9162 §2.1.3); callers with a key can ask by eventId',
  })
  @ApiQuery({ name: 'eventId', required: false, schema: { type: 'string', format: 'uuid' } })
  @ApiQuery({
    name: 'index',
    required: false,
    schema: { type: 'integer', minimum: 0 },
    examples: { demonstration: { value: 41 } },
  })
  @ApiQuery({
    name: 'size',
    required: false,
    schema: { type: 'integer' },
    description: 'Size of the tree; default: that of the last checkpoint',
  })
  @ApiOkResponse({ type: InclusionSchema })
  async inclusion(@Query() query: QueryString, @Req() request: FastifyRequest): Promise<Inclusion> {
    const { eventId, index: text, size } = readQuery(query, ['eventId', 'index', 'size']);
    if ((eventId === undefined) === (text === undefined)) {
      throw invalidRequest([queryProblem('index', 'missing', 'or eventId must be given, and not both')]);
    }
    const index = text === undefined ? await this.#indexOf(request, eventId!) : wholeNumber('index', text);
    await this.#reach(index + 1n);
    const leaf = orNotFound(this.#audit.tree.leaf(index), `event at index ${index}`);
    const treeSize =
      size === undefined
        ? await this.#audit.signedSize(index + 1n)
        : this.#sizeWithin('size', wholeNumber('size', size));
    if (index >= treeSize) {
      if (size === undefined) throw new Problem('overloaded', 'The event is recorded but not signed yet.', [], 1);
      throw invalidRequest([queryProblem('size', 'not-allowed', `must be above the index, ${index}`)]);
    }
    return {
      leafIndex: Number(index),
      treeSize: Number(treeSize),
      leafHash: hex(leaf),
      proof: this.#audit.tree.inclusionProof(index, treeSize).map(hex),
      root: hex(this.#audit.tree.rootAt(treeSize)),
    };
  }

  @Get('proofs/consistency')
  @PublicRoute()
  @ApiOperation({ summary: 'Proof that a larger log begins with a smaller one (RFC 9162 §2.1.4)' })
  @ApiQuery({
    name: 'from',
    required: true,
    schema: { type: 'integer', minimum: 1 },
    examples: { demonstration: { value: 500 } },
  })
  @ApiQuery({
    name: 'to',
    required: false,
    schema: { type: 'integer' },
    description: 'Default: the size of the last checkpoint',
  })
  @ApiOkResponse({ type: ConsistencySchema })
  async consistency(@Query() query: QueryString): Promise<Consistency> {
    const { from, to } = readQuery(query, ['from', 'to']);
    if (from === undefined) throw invalidRequest([queryProblem('from', 'missing', 'must be a tree size')]);
    await this.#reach(wholeNumber('to', to ?? '0'));
    const size1 = this.#sizeWithin('from', wholeNumber('from', from));
    const size2 =
      to === undefined ? await this.#audit.signedSize(size1) : this.#sizeWithin('to', wholeNumber('to', to));
    if (size1 < 1n) throw invalidRequest([queryProblem('from', 'not-allowed', 'must be at least 1')]);
    if (size1 > size2) throw invalidRequest([queryProblem('from', 'not-allowed', `must be at most ${size2}, to`)]);
    const { tree } = this.#audit;
    return {
      size1: Number(size1),
      size2: Number(size2),
      root1: hex(tree.rootAt(size1)),
      root2: hex(tree.rootAt(size2)),
      proof: tree.consistencyProof(size1, size2).map(hex),
    };
  }

  @Get('tile/entries/*')
  @Allow('audit-log')
  @ApiParam({ name: 'path', schema: { type: 'string' }, examples: { demonstration: { value: '000' } } })
  @ApiOperation({ summary: 'The records of 256 leaves, each after its length (C2SP tlog-tiles)' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: { type: 'string' } } } })
  async entries(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const tile = await this.#tileOf(request);
    await sendTile(reply, await entryBundle(visibilityOfRequest(request), this.#ledger, tile));
  }

  @Get('tile/*')
  @PublicRoute()
  @ApiParam({ name: 'path', schema: { type: 'string' }, examples: { demonstration: { value: '0/000' } } })
  @ApiOperation({
    summary: 'Hashes of the tree as static tiles: /tile/{level}/{index}[.p/{width}] (C2SP tlog-tiles)',
  })
  @ApiProduces('application/octet-stream')
  async tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const tile = await this.#tileOf(request);
    if (tile.level === 'entries') throw new Problem('not-found', 'There is no such tile.');
    const { level } = tile;
    const hashes = orNotFound(this.#audit.tree.tile({ ...tile, level }), 'such tile');
    await sendTile(reply.header('cache-control', 'public, max-age=31536000, immutable'), hashes);
  }

  /** @throws Problem `not-found` for a path that names none, or a tile wider than the signed tree has it */
  async #tileOf(request: FastifyRequest): Promise<TileId> {
    // A client that fills in the documented path writes its slashes as %2F.
    const path = decodeURIComponent(request.url.split('?')[0]!).slice('/v1/audit/'.length);
    try {
      const tile = parseTilePath(path);
      if (tile.width <= tileWidth(tile.level, tile.index, this.#audit.tree.size)) return tile;
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
    }
    throw new Problem('not-found', 'There is no such tile, or it is not full yet: ask for a partial one.');
  }

  /**
   * An index reveals nothing about its event; whether an id is in the log is told only to callers that may know the
   * event by name.
   */
  async #indexOf(request: FastifyRequest, eventId: string): Promise<bigint> {
    const principal = knownPrincipalOf(request);
    if (!principal) throw new Problem('unauthenticated', 'Send an API key to ask by eventId; index needs none.');
    const event = orNotFound(await this.#ledger.eventById(visibilityOf(principal), eventId), `event ${eventId}`);
    return BigInt(event.logIndex);
  }

  /** The tree may be a moment behind the read model: waits for it to reach what the read model has. */
  async #reach(size: bigint): Promise<void> {
    const { tree } = this.#audit;
    if (size > tree.size && size <= BigInt(await this.#ledger.ledgerSize())) await tree.waitFor(size, TREE_PATIENCE_MS);
  }

  #sizeWithin(name: string, size: bigint): bigint {
    const most = this.#audit.tree.size;
    if (size > most)
      throw invalidRequest([queryProblem(name, 'not-allowed', `must be at most ${most}, the log's size`)]);
    return size;
  }
}

async function sendTile(reply: FastifyReply, bytes: Uint8Array): Promise<void> {
  await reply.type('application/octet-stream').send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** @throws Problem `invalid-request` */
export function wholeNumber(name: string, text: string): bigint {
  if (!/^\d{1,15}$/.test(text))
    throw invalidRequest([queryProblem(name, 'malformed', 'must be a whole number from 0')]);
  return BigInt(text);
}
