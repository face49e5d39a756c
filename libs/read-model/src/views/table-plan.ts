import { sql, type ColumnDefinitionBuilder, type Expression } from 'kysely';

type Build = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;

export const key: Build = (column) => column.primaryKey();
export const required: Build = (column) => column.notNull();
export const optional: Build = (column) => column;

/** The definition of a table, for any database engine. */
export interface TablePlan {
  /** Column → its type; `wide` is an integer up to 2^53. */
  columns: Record<string, ['text' | 'wide', Build]>;
  primaryKey?: string[];
  /** SQLite keeps the rows in the tree of the primary key alone (WITHOUT ROWID): one tree instead of two, for short rows. */
  clustered?: true;
  indexes?: { columns: string[]; unique?: true; where?: Expression<boolean> }[];
}

/** For an index of only the rows that have the column. */
export const present = (column: string): Expression<boolean> => sql<boolean>`${sql.ref(column)} is not null`;
