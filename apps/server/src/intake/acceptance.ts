import { getMetadataStorage, ValidationTypes } from 'class-validator';

type Shape = new () => object;
type Check = (value: unknown, object: object) => boolean;
type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

const shapesHeld = new Map<unknown, Map<PropertyKey, () => Shape>>();

/** Declares that a field holds an object of a shape, or a list of them. */
export function HoldsShape(shape: () => Shape): PropertyDecorator {
  return (prototype, property) => {
    const held = shapesHeld.get(prototype.constructor) ?? new Map<PropertyKey, () => Shape>();
    shapesHeld.set(prototype.constructor, held.set(property, shape));
  };
}

const compiled = new Map<Shape, (value: unknown) => boolean>();

/**
 * Whether class-validator would find nothing wrong with a value, by the same rules of the same decorators. Most requests
 * are sound: for those this costs a twentieth of making instances and looking for words. False is no verdict: the full
 * validation says what is wrong.
 */
export function isAcceptable(shape: Shape, value: unknown): boolean {
  let accepts = compiled.get(shape);
  if (!accepts) compiled.set(shape, (accepts = acceptanceOf(shape)));
  return accepts(value);
}

function acceptanceOf(shape: Shape): (value: unknown) => boolean {
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(shape, '', false, false);
  const fields = new Map(
    Object.entries(storage.groupByPropertyName(rules)).map(([name, ofField]) => [name, checkOf(shape, name, ofField)]),
  );
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    for (const name of Object.keys(value)) if (!fields.has(name)) return false;
    for (const [name, check] of fields) if (!check((value as Record<string, unknown>)[name], value)) return false;
    return true;
  };
}

/** Conditions come first: a field whose condition does not hold is not looked at. */
function checkOf(shape: Shape, name: string, rules: readonly Rule[]): Check {
  const isCondition = ({ type }: Rule): boolean => type === ValidationTypes.CONDITIONAL_VALIDATION;
  const conditions = rules.filter(isCondition).map(({ constraints }) => {
    const holds = constraints[0] as (object: object, value: unknown) => boolean;
    return (value: unknown, object: object) => holds(object, value);
  });
  const checks = rules.filter((rule) => !isCondition(rule)).flatMap((rule) => checksOf(shape, name, rule));
  return (value, object) =>
    conditions.some((holds) => !holds(value, object)) || checks.every((check) => check(value, object));
}

function checksOf(shape: Shape, property: string, rule: Rule): Check[] {
  switch (rule.type) {
    case ValidationTypes.CUSTOM_VALIDATION:
      return getMetadataStorage()
        .getTargetValidatorConstraints(rule.constraintCls)
        .map(({ instance }) => {
          const { constraints } = rule;
          const holds: Check = (value, object) =>
            instance.validate(value, { value, constraints, object, property, targetName: shape.name }) === true;
          return rule.each ? ofEach(holds) : holds;
        });
    case ValidationTypes.NESTED_VALIDATION: {
      const held = heldBy(shape, property);
      const holds: Check = (value) => held !== undefined && isAcceptable(held(), value);
      return [(value, object) => value === undefined || value === null || ofEach(holds)(value, object)];
    }
    default:
      return [() => false];
  }
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
