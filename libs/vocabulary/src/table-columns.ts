import { bodyFields, sentFields, targetOf, type Fact } from './fact.js';
import { type Field, type Fields } from './field.js';

/** A column of a table in which each command is a row, or as many rows as its longest list has items. */
export interface TableColumn {
  /** Where its value goes: `site`, `grossGrams`, `origin.kind`, `outputs[].batchId`. */
  readonly name: string;
  readonly part: 'target' | 'body';
  readonly field?: Field;
  /** Must be filled in, in the first row of a command or, of a list's item, in each of the item's rows. */
  readonly required: boolean;
  /** One value a row, the rows of a command being the items of its list. */
  readonly list: boolean;
}

/** The columns of a command's table template: what its address names, then the fields of its body, each value by itself. */
export function columnsOf(fact: Fact): TableColumn[] {
  const target = targetOf(fact).map((name): TableColumn => ({ name, part: 'target', required: true, list: false }));
  const body = Object.entries(bodyFields(fact)).filter(([name]) => name !== 'withheld');
  return [...target, ...columnsIn(Object.fromEntries(body), '', true, false)];
}

function columnsIn(fields: Fields, prefix: string, required: boolean, list: boolean): TableColumn[] {
  return Object.entries(fields).flatMap(([name, field]): TableColumn[] => {
    const { form, options } = field;
    const needed = required && options.optional !== true;
    const at = `${prefix}${name}`;
    switch (form.kind) {
      case 'object':
        return columnsIn(sentFields(form.fields), `${at}.`, needed, list);
      case 'list':
        return columnsIn(sentFields(form.fields), `${at}[].`, needed && !form.mayBeEmpty, true);
      case 'ids':
      case 'some-of':
        return [{ name: `${at}[]`, part: 'body', field, required: needed, list: true }];
      default:
        return [{ name: at, part: 'body', field, required: needed, list }];
    }
  });
}

/** The first line of the template as CSV (RFC 4180). */
export function templateOf(fact: Fact): string {
  return `${columnsOf(fact)
    .map(({ name }) => name)
    .join(',')}\r\n`;
}
