import { CONFUSABLES } from './confusables.js';

const PROTOTYPES: ReadonlyMap<string, string> = new Map(
  CONFUSABLES.split(' ').map((entry) => {
    const [from, to] = entry.split('=') as [string, string];
    return [textOf(from), to.split('+').map(textOf).join('')];
  }),
);
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Of the signs of ASCII, by their codes: most ids have no others. None begins with a sign that combines with the one before. */
const OF_ASCII: readonly string[] = Array.from({ length: 128 }, (_, code) => skeletonOfAny(String.fromCharCode(code)));

/**
 * The skeleton of an id (UTS 39, section 4): two ids with the same one look alike, whatever alphabets they are of. For
 * comparison only. The order in which right-to-left text is drawn is not taken into account.
 */
export function skeletonOf(id: string): string {
  let skeleton = '';
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    if (code >= OF_ASCII.length) return skeletonOfAny(id);
    skeleton += OF_ASCII[code]!;
  }
  return skeleton;
}

function skeletonOfAny(id: string): string {
  let skeleton = '';
  for (const character of id.normalize('NFD').replace(IGNORABLE, ''))
    skeleton += PROTOTYPES.get(character) ?? character;
  return skeleton.normalize('NFD');
}

function textOf(hexadecimal: string): string {
  return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
}
