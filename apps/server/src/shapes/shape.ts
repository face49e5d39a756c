import { bodyFields, recordedFields, sentFields, type Fact, type Fields, type SentOf } from '#vocabulary';
import { judgedBy, type Judged, type Within } from './dto.js';

declare const BODY: unique symbol;

/** What a body must be. */
export interface Shape<Body = unknown> extends Judged {
  readonly within: Within;
  readonly [BODY]?: Body;
}

/** @param name of its schema in OpenAPI */
export function shapeOf<F extends Fields>(name: string, fields: F): Shape<SentOf<F>> {
  return { ...judgedBy(name, fields, sentFields), within: sentFields };
}

/** The body of a command. */
export function commandShape(fact: Fact): Shape<CommandBody> {
  return shapeOf(`${fact.type}Command`, bodyFields(fact));
}

/** What every command's body may have. */
export interface CommandBody {
  readonly occurredAt?: string;
  readonly withheld?: readonly unknown[];
}

/** Data that are to replace those of an event. */
export function replacementShape({ type, fields }: Fact): Shape {
  return { ...judgedBy(`${type}Data`, fields, recordedFields), within: recordedFields };
}
