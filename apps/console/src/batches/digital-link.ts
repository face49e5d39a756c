/**
 * The batch id in a text that was typed, pasted or scanned: the batch or lot of a GS1 Digital Link (application identifier
 * 10), otherwise the text itself. Source: GS1 Digital Link Standard, URI Syntax 1.4, section 4.
 */
export function batchIdIn(text: string): string {
  const trimmed = text.trim();
  let path: string;
  try {
    const url = new URL(trimmed);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return trimmed;
    path = url.pathname;
  } catch {
    return trimmed;
  }
  const segments = path.split('/');
  const at = segments.findIndex((segment, index) => segment === '10' && index % 2 === segments.indexOf('01') % 2);
  const lot = at < 0 ? undefined : segments[at + 1];
  if (lot === undefined || lot === '') return trimmed;
  try {
    return decodeURIComponent(lot);
  } catch {
    return lot;
  }
}

/**
 * Whether a text names a single product: a GTIN (01) with a serial number (21), as a link, as its path, or as
 * human-readable text of a symbol.
 */
export function isSerialised(text: string): boolean {
  return /(?:^|\/)01\/\d{8,14}\/(?:[^?#]*\/)?21\/[^/?#]|^\(01\)\d{8,14}(?:\([^()]+\)[^()]+)*\(21\)./u.test(text.trim());
}
