import { CONFUSABLES } from './confusables.js';

const PROTOTYPES: ReadonlyMap<string, string> = new Map(
  CONFUSABLES.split(' ').map((entry) => {
    const [from, to] = entry.split('=') as [string, string];
    return [textOf(from), to.split('+').map(textOf).join('')];
  }),
);
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The skeleton of an id (UTS 39, section 4): two ids with the same one look alike, whatever alphabets they are of. For
 * comparison only. The order in which right-to-left text is drawn is not taken into account.
 */
export function skeletonOf(id: string): string {
  let skeleton = '';
  for (const character of id.normalize('NFD').replace(IGNORABLE, ''))
    skeleton += PROTOTYPES.get(character) ?? character;
  return skeleton.normalize('NFD');
}

function textOf(hexadecimal: string): string {
  return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
}
