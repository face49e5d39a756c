import { list, type Visibility } from '#access';
import { canonicalText } from '#transparency';
import { type LoggedRecord, type RecordAnswer } from '../answers/index.js';
import { type Views } from '../views/views.js';
import { CorrectedTypes } from './corrected-types.js';
import { type Redactor } from './redactor.js';
import { unsigned } from './reader-names.js';
import { recordRedaction } from './record-redactions.js';

interface ShownRecord {
  readonly record: RecordAnswer;
  /** True for the record exactly as it is hashed, with nothing replaced or left out. */
  readonly whole: boolean;
}

/** Records of the log as a reader may see them. */
export class ShownRecords {
  readonly #corrected;

  readonly #redactor: Redactor;

  constructor(views: Views, redactor: Redactor) {
    this.#redactor = redactor;
    this.#corrected = new CorrectedTypes(views.db);
  }

  async show(visibility: Visibility, logged: readonly LoggedRecord[]): Promise<ShownRecord[]> {
    const records = logged.map(({ record }) => record);
    if (visibility.sees !== 'organisation') return records.map((record) => ({ record, whole: true }));
    const corrections = logged.filter(({ record }) => record.type === 'RecordCorrected');
    const types = await this.#corrected.of(corrections.map(({ logIndex, record }) => ({ logIndex, id: record.id })));
    const shown = await this.#redactor.show(visibility, list(recordRedaction(types)), records);
    return records.map((record, index) => {
      const whole = canonicalText(shown[index]) === canonicalText(unsigned(record));
      return { record: whole ? record : shown[index]!, whole };
    });
  }
}
