import { sql, type ColumnDefinitionBuilder, type Expression } from 'kysely';

type Build = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;

export const key: Build = (column) => column.primaryKey();
export const required: Build = (column) => column.notNull();
export const optional: Build = (column) => column;

/**
 * Who looks rows up by an index that filling the tables and taking a command can do without. It is made for them once the
 * rows are there: to keep it while a long log brings its rows, in another order than the index has, costs many times that.
 */
export type IndexReader = 'corrections' | 'queries';

export interface IndexPlan {
  readonly columns: readonly string[];
  readonly unique?: true;
  readonly where?: Expression<boolean>;
  /** Undefined: the index is made with its table. */
  readonly for?: IndexReader;
}

/** The definition of a table, for any database engine. */
export interface TablePlan {
  /** Column → its type; `wide` is an integer up to 2^53. */
  columns: Record<string, ['text' | 'wide', Build]>;
  primaryKey?: string[];
  /** SQLite keeps the rows in the tree of the primary key alone (WITHOUT ROWID): one tree instead of two, for short rows. */
  clustered?: true;
  indexes?: readonly IndexPlan[];
}

/** For an index of only the rows that have the column. */
export const present = (column: string): Expression<boolean> => sql<boolean>`${sql.ref(column)} is not null`;
