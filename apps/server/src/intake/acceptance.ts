import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';

export type Shape = new () => object;
type Check = (value: unknown, object: object) => boolean;
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** What a field, or each entry of it, must be. */
export interface Rule {
  readonly name: string;
  readonly holds: Check;
  message(value: unknown, object: object): string;
}

/** The rules of one field of a shape. */
export interface Field {
  /** Whether the rules count: an optional field that is not there has none. */
  readonly counts: Check;
  readonly rules: readonly Rule[];
  /** The shape of the object that it holds, or of each entry of its list. */
  readonly held: (() => Shape) | undefined;
}

const shapesHeld = new Map<unknown, Map<PropertyKey, () => Shape>>();

/** Declares that a field holds an object of a shape, or a list of them. */
export function HoldsShape(shape: () => Shape): PropertyDecorator {
  return (prototype, property) => {
    const held = shapesHeld.get(prototype.constructor) ?? new Map<PropertyKey, () => Shape>();
    shapesHeld.set(prototype.constructor, held.set(property, shape));
  };
}

const known = new Map<Shape, ReadonlyMap<string, Field>>();

/** The fields of a shape by their names, with the rules that its decorators have given to class-validator. */
export function fieldsOf(shape: Shape): ReadonlyMap<string, Field> {
  let fields = known.get(shape);
  if (!fields) {
    const storage = getMetadataStorage();
    const rules = storage.groupByPropertyName(storage.getTargetValidationMetadatas(shape, '', false, false));
    fields = new Map(Object.entries(rules).map(([name, ofField]) => [name, fieldOf(shape, name, ofField)]));
    known.set(shape, fields);
  }
  return fields;
}

/**
 * Whether nothing is wrong with a value, by the rules of class-validator. Most requests are sound: for those this costs a
 * twentieth of looking for words. It stops at the first fault.
 */
export function isAcceptable(shape: Shape, value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const fields = fieldsOf(shape);
  for (const name of Object.keys(value)) if (!fields.has(name)) return false;
  for (const [name, { counts, rules, held }] of fields) {
    const member = value[name];
    if (!counts(member, value)) continue;
    for (const { holds } of rules) if (!holds(member, value)) return false;
    if (held === undefined || member === undefined || member === null) continue;
    const shapeHeld = held();
    const sound = Array.isArray(member)
      ? member.every((entry) => isAcceptable(shapeHeld, entry))
      : isAcceptable(shapeHeld, member);
    if (!sound) return false;
  }
  return true;
}

/** What JSON can make: never a stream, a buffer or anything else that has behaviour. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // also of another realm: a thread, a test
}

function fieldOf(shape: Shape, name: string, all: readonly Metadata[]): Field {
  const conditions = all
    .filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(({ constraints }) => constraints[0] as (object: object, value: unknown) => boolean);
  const nested = all.some(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  const held = nested ? heldBy(shape, name) : undefined;
  if (nested && held === undefined) throw new Error(`${shape.name}.${name} does not say which shape it holds`);
  return {
    counts: (value, object) => conditions.every((holds) => holds(object, value)),
    rules: all.flatMap((metadata) => rulesOf(shape, name, metadata)),
    held,
  };
}

function rulesOf(shape: Shape, property: string, metadata: Metadata): Rule[] {
  if (metadata.type === ValidationTypes.CONDITIONAL_VALIDATION) return [];
  if (metadata.type === ValidationTypes.NESTED_VALIDATION) return [];
  if (metadata.type !== ValidationTypes.CUSTOM_VALIDATION) {
    throw new Error(`${shape.name}.${property} has a rule of another kind: ${metadata.type}`);
  }
  const { constraints, each } = metadata;
  const about = (value: unknown, object: object): ValidationArguments => ({
    value,
    constraints,
    object,
    property,
    targetName: shape.name,
  });
  return getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls)
    .map(({ instance, name }) => {
      const holds: Check = (value, object) => instance.validate(value, about(value, object)) === true;
      return {
        name,
        holds: each ? ofEach(holds) : holds,
        message(value, object) {
          const told = metadata.message ?? instance.defaultMessage?.bind(instance) ?? '';
          const text = typeof told === 'string' ? told : told(about(value, object));
          return text.replaceAll('$property', () => property);
        },
      };
    });
}

/** A list has what each of its entries has; what is no list is taken as a whole. */
function ofEach(holds: Check): Check {
  return (value, object) =>
    Array.isArray(value) ? value.every((entry) => holds(entry, object)) : holds(value, object);
}

function heldBy(shape: Shape, property: string): (() => Shape) | undefined {
  for (let holder: unknown = shape; typeof holder === 'function'; holder = Object.getPrototypeOf(holder)) {
    const held = shapesHeld.get(holder)?.get(property);
    if (held) return held;
  }
  return undefined;
}
