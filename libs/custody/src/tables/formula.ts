/**
 * The elements of a chemical formula and how many of each: `LiNi0.8Mn0.1Co0.1O2`, `Ni(OH)2`, `CoSO4·7H2O`. Exact, in
 * thousandths.
 */
const TOKEN = /([A-Z][a-z]?)|(\()|(\))|(\d+(?:\.\d{1,3})?)/y;
const THOUSAND = 1000n;

/** By symbol, in thousandths; undefined for what is no formula. */
export function parseFormula(formula: string): Map<string, bigint> | undefined {
  const elements = new Map<string, bigint>();
  for (const part of formula.split('·')) {
    const [, factor = '1', rest = ''] = /^(\d*)(.*)$/u.exec(part) ?? [];
    const counted = countedIn(rest);
    if (counted === undefined) return undefined;
    addTo(elements, counted, BigInt(factor || '1') * THOUSAND);
  }
  return elements.size > 0 ? elements : undefined;
}

function countedIn(text: string): Map<string, bigint> | undefined {
  const open: Map<string, bigint>[] = [new Map<string, bigint>()];
  let last: Map<string, bigint> | undefined;
  /** What was read before a number is counted once that number, or its absence, is known. */
  const settle = (count: bigint): void => {
    if (last) addTo(open.at(-1)!, last, count);
    last = undefined;
  };
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text);
    if (token === null) return undefined;
    const [, element, opens, closes, number] = token;
    if (number !== undefined) {
      if (last === undefined) return undefined;
      settle(thousandths(number));
      continue;
    }
    settle(THOUSAND);
    if (element !== undefined) last = new Map([[element, THOUSAND]]);
    else if (opens !== undefined) open.push(new Map());
    else if (closes !== undefined) {
      last = open.pop();
      if (open.length === 0) return undefined;
    }
  }
  settle(THOUSAND);
  return open.length === 1 && open[0]!.size > 0 ? open[0] : undefined;
}

function addTo(sum: Map<string, bigint>, counted: ReadonlyMap<string, bigint>, thousandthsOfIt: bigint): void {
  for (const [element, count] of counted) {
    sum.set(element, (sum.get(element) ?? 0n) + (count * thousandthsOfIt) / THOUSAND);
  }
}

function thousandths(number: string): bigint {
  const [whole = '0', places = ''] = number.split('.');
  return BigInt(whole + places.padEnd(3, '0'));
}
