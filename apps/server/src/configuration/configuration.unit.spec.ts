import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from './configuration.js';

describe('a variable that nothing reads', () => {
  it.each([
    ['LODEBOOK_PROT', 'did you mean LODEBOOK_PORT?'],
    ['LODEBOOK_ADMINKEY', 'did you mean LODEBOOK_ADMIN_KEY?'],
    ['LODEBOOK_RATE_LIMITS', 'did you mean LODEBOOK_RATE_LIMIT?'],
    ['LODEBOOK_EVENT_STORE_URL', 'did you mean LODEBOOK_EVENTSTORE_URL?'],
    ['LODEBOOK_SOMETHING_ELSE_ALTOGETHER', 'docs/configuration.md'],
  ])('is named, with what may have been meant: %s', (name, hint) => {
    expect(() => readConfiguration({ [name]: 'x' })).toThrow(`${name} is not a variable of Lodebook`);
    expect(() => readConfiguration({ [name]: 'x' })).toThrow(hint);
  });

  it('is let be when it is empty, as a known one is, or of another program', () => {
    expect(readConfiguration({ LODEBOOK_PROT: '', LODEBOOK_PORT: '', PORT: 'x' }).port).toBe(3000);
  });
});
