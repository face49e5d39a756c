import { Body, Controller, Inject, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import 'reflect-metadata';

/**
 * The least that Nest, Fastify and @nestjs/cqrs can do with a request and still have it on disk: no guard, no validation,
 * no decision, one insert; inserts that wait together share a transaction.
 */
class Inserts {
  readonly #database: Database.Database;
  readonly #insertAll: (rows: readonly Waiting[]) => void;
  #waiting: Waiting[] = [];

  constructor(path: string) {
    this.#database = new Database(path);
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.exec(
      'CREATE TABLE events (position INTEGER PRIMARY KEY, event_id TEXT NOT NULL, stream TEXT NOT NULL, record TEXT NOT NULL) STRICT',
    );
    const insert = this.#database.prepare('INSERT INTO events (event_id, stream, record) VALUES (?, ?, ?)');
    this.#insertAll = this.#database.transaction((rows: readonly Waiting[]) => {
      for (const { id, stream, record } of rows) insert.run(id, stream, record);
    });
  }

  add(id: string, stream: string, record: string): Promise<void> {
    if (this.#waiting.length === 0) setImmediate(() => this.#commit());
    return new Promise((done) => this.#waiting.push({ id, stream, record, done }));
  }

  #commit(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    this.#insertAll(rows);
    for (const { done } of rows) done();
  }
}

interface Waiting {
  readonly id: string;
  readonly stream: string;
  readonly record: string;
  readonly done: () => void;
}

class InsertLabel extends Command<{ eventId: string }> {
  constructor(
    readonly site: string,
    readonly body: object,
  ) {
    super();
  }
}

@CommandHandler(InsertLabel)
class InsertLabelHandler implements ICommandHandler<InsertLabel> {
  readonly #inserts: Inserts;

  constructor(@Inject(Inserts) inserts: Inserts) {
    this.#inserts = inserts;
  }

  async execute({ site, body }: InsertLabel): Promise<{ eventId: string }> {
    const eventId = randomUUID();
    await this.#inserts.add(eventId, `site-${site}`, JSON.stringify(body));
    return { eventId };
  }
}

@Controller('v1/sites/:site/labels')
class LabelsController {
  readonly #bus: CommandBus;

  constructor(@Inject(CommandBus) bus: CommandBus) {
    this.#bus = bus;
  }

  @Post()
  label(@Param('site') site: string, @Body() body: object): Promise<{ eventId: string }> {
    return this.#bus.execute(new InsertLabel(site, body));
  }
}

@Module({
  imports: [CqrsModule.forRoot()],
  controllers: [LabelsController],
  providers: [{ provide: Inserts, useFactory: () => new Inserts(process.argv[2]!) }, InsertLabelHandler],
})
class BareModule {}

const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.stdout.write(`listening on ${await app.getUrl()}\n`);
