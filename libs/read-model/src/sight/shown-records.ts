import { list, type Sight } from '#access';
import { canonicalText } from '#transparency';
import type { LoggedRecord, RecordAnswer } from '../answers/answers.js';
import type { Views } from '../views/views.js';
import { CorrectedTypes } from './corrected-types.js';
import type { Eyes } from './eyes.js';
import { unsigned } from './reader-names.js';
import { recordPortrait } from './record-portraits.js';

export interface ShownRecord {
  readonly record: RecordAnswer;
  /** It is the record as it is hashed, with nothing replaced or left out. */
  readonly whole: boolean;
}

/** Records of the log as a reader may see them. */
export class ShownRecords {
  readonly #corrected;

  constructor(
    views: Views,
    private readonly eyes: Eyes,
  ) {
    this.#corrected = new CorrectedTypes(views.db);
  }

  async show(sight: Sight, logged: readonly LoggedRecord[]): Promise<ShownRecord[]> {
    const records = logged.map(({ record }) => record);
    if (sight.sees !== 'organisation') return records.map((record) => ({ record, whole: true }));
    const corrections = logged.filter(({ record }) => record.type === 'RecordCorrected');
    const types = await this.#corrected.of(corrections.map(({ logIndex, record }) => ({ logIndex, id: record.id })));
    const shown = await this.eyes.show(sight, list(recordPortrait(types)), records);
    return records.map((record, index) => {
      const whole = canonicalText(shown[index]) === canonicalText(unsigned(record));
      return { record: whole ? record : shown[index]!, whole };
    });
  }
}
