import { Injectable } from '@nestjs/common';
import { v4 } from 'uuid';
import { ACCESS_ROLES, decideApiKey, type ApiKey, type ApiKeyCommand, type Principal, type Role } from '#access';
import { type JsonObject } from '#event-store';
import { commandIdOf, organisationOf, organisationStream, requestSha256 } from '#recording';
import { instant, oneOf, term, type ReadonlyOf } from '#vocabulary';
import { LedgerRecorder } from './ledger-recorder.js';
import { Problem } from '../problem/problem.js';
import { KeyDirectory, keysStream } from '../access/key-directory.js';
import { KeyUses } from '../access/key-uses.js';
import { newSecret, sha256Of } from '../access/secret.js';

/** A key as it may be shown: without its hash. */
export const SHOWN_KEY = {
  name: 'ShownKey',
  fields: {
    keyId: term(),
    label: term(),
    role: oneOf(ACCESS_ROLES),
    issuedAt: instant(),
    revokedAt: instant({ optional: true, description: 'Not accepted from then on' }),
    lastUsedAt: instant({ optional: true, description: 'As this server saw it' }),
  },
};
export type ShownKey = ReadonlyOf<(typeof SHOWN_KEY)['fields']>;

export const ISSUED_KEY = {
  name: 'IssuedKey',
  fields: {
    keyId: term(),
    key: term({
      optional: true,
      description:
        'The key itself. Shown this once: the ledger keeps only its hash, and a repeated request is answered without it',
    }),
  },
};
export type IssuedKey = ReadonlyOf<(typeof ISSUED_KEY)['fields']>;

interface Asked {
  readonly principal: Principal;
  readonly idempotencyKey?: string | undefined;
}

/** Issues, lists and revokes the keys of organisations. */
@Injectable()
export class ApiKeyRegistry {
  readonly #recorder: LedgerRecorder;
  readonly #directory: KeyDirectory;
  readonly #uses: KeyUses;

  constructor(recorder: LedgerRecorder, directory: KeyDirectory, uses: KeyUses) {
    this.#recorder = recorder;
    this.#directory = directory;
    this.#uses = uses;
  }

  /**
   * @throws Problem `not-found` (the organisation), `invalid-request` (the role does not fit it), `idempotency-key-reused`,
   *   `signing-key-missing`
   */
  async issue(organisationId: string, wanted: { label: string; role: Role }, asked: Asked): Promise<IssuedKey> {
    const key = newSecret();
    const { label, role } = wanted;
    const idempotencyKey = asked.idempotencyKey ?? v4();
    const keyId = commandIdOf(asked.principal.principal, idempotencyKey);
    const body = { keyId, label, role, sha256: sha256Of(key).toString('hex') };
    const { replayed } = await this.#record(
      organisationId,
      { kind: 'issue', body },
      { ...asked, idempotencyKey },
      wanted,
    );
    if (replayed) return { keyId };
    if (!this.#directory.keysOf(organisationId).has(keyId)) {
      const detail = 'Another server has rotated the log’s key, and this server does not have the new one.';
      throw new Problem('signing-key-missing', detail);
    }
    return { keyId, key };
  }

  /** @throws Problem `not-found` (the organisation, or no such key of it), `signing-key-missing` */
  async revoke(organisationId: string, keyId: string, principal: Principal): Promise<void> {
    await this.#record(organisationId, { kind: 'revoke', body: { keyId } }, { principal }, {});
  }

  /** In the order issued; @returns undefined when there is no such organisation */
  async list(organisationId: string): Promise<ShownKey[] | undefined> {
    if (!(await this.#recorder.streams.exists(organisationStream(organisationId)))) return undefined;
    return [...this.#directory.keysOf(organisationId).values()].map((key) => this.#shown(key));
  }

  /** Whether the log names any key of an organisation. */
  has(organisationId: string): boolean {
    return this.#directory.keysOf(organisationId).size > 0;
  }

  async #record(
    organisationId: string,
    command: ApiKeyCommand,
    { principal, idempotencyKey }: Asked,
    said: JsonObject,
  ): Promise<{ replayed: boolean }> {
    const stream = keysStream(organisationId);
    const context = {
      principal,
      occurredAt: undefined,
      idempotencyKey,
      requestSha256: idempotencyKey === undefined ? undefined : requestSha256(stream, said),
      ifMatch: undefined,
      signature: undefined,
      disclosures: [],
    };
    const receipt = await this.#recorder.streams.record(stream, context, async () => {
      await this.#directory.refresh(organisationId);
      const organisation = organisationOf(await this.#recorder.streams.read(organisationStream(organisationId)));
      return decideApiKey(command, this.#directory.keysOf(organisationId), organisation);
    });
    await this.#directory.refresh(organisationId);
    return receipt;
  }

  #shown({ keyId, label, role, issuedAt, revokedAt }: ApiKey): ShownKey {
    const lastUsedAt = this.#uses.lastUseOf(keyId);
    return {
      keyId,
      label,
      role,
      issuedAt,
      ...(revokedAt !== undefined && { revokedAt }),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
    };
  }
}
