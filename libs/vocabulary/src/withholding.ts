import { bodyFields, type Fact } from './fact.js';
import { type Fields } from './field.js';

/**
 * JSON pointers of all that a command may withhold; in a replacement, what any of the facts that it may stand in for.
 * @param replaceable the facts that a correction can replace the data of
 */
export function withholdablePaths(fact: Pick<Fact, 'fields'>, replaceable: readonly Pick<Fact, 'fields'>[]): string[] {
  return pathsIn(bodyFields(fact), replaceable);
}

/** JSON pointers of all that the data of an event may withhold. */
export function withholdableInRecord({ fields }: Pick<Fact, 'fields'>): string[] {
  return pathsIn(fields, []);
}

function pathsIn(fields: Fields, replaceable: readonly Pick<Fact, 'fields'>[]): string[] {
  return Object.entries(fields).flatMap(([name, { form, options }]) => {
    const own = options.withholdable === true ? [`/${name}`] : [];
    const inner =
      form.kind === 'object'
        ? pathsIn(form.fields, replaceable)
        : form.kind === 'replacement'
          ? [...new Set(replaceable.flatMap(withholdableInRecord))]
          : [];
    return [...own, ...inner.map((path) => `/${name}${path}`)];
  });
}
