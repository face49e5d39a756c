import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/properties/runs.js';
import { formatRoute, parseRoute, type Route } from './routes.js';

const text = fc.string({ unit: 'binary', minLength: 1 }).filter((id) => id.isWellFormed());
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.record({ page: fc.constant('batches' as const), query: fc.constantFrom('', 'anode b', 'ä&=?#/%') }),
  fc.record(
    { page: fc.constant('batch' as const), batchId: text, programme: text, validAt: text, knownAt: text },
    { requiredKeys: ['page', 'batchId'] },
  ),
  fc.record(
    { page: fc.constant('product' as const), product: text, programme: text, validAt: text, knownAt: text },
    { requiredKeys: ['page', 'product'] },
  ),
  fc.record({ page: fc.constant('overview' as const), programme: text }, { requiredKeys: ['page'] }),
  fc.record({ page: fc.constant('sites' as const), organisationId: text }, { requiredKeys: ['page'] }),
  fc.record({ page: fc.constant('site' as const), siteId: text }),
  fc.record(
    { page: fc.constant('changes' as const), from: text, to: text, programme: text },
    { requiredKeys: ['page'] },
  ),
  fc.record({ page: fc.constant('docket' as const), about: text }, { requiredKeys: ['page'] }),
  fc.record({ page: fc.constant('docket-entry' as const), entry: text }),
  fc.constantFrom({ page: 'concerns' } as const, { page: 'queue' } as const, { page: 'verify' } as const),
);

describe('the address of a page', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(route, (given) => {
        expect(parseRoute(formatRoute(given))).toEqual(given);
      }),
      runs(300),
    );
  });

  it.each(['', '#', '#/', '#/nowhere', 'nonsense'])('is the list of batches when it is none: %j', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'batches', query: '' });
  });

  it('may be mistyped', () => {
    expect(parseRoute('#/batches/100%')).toEqual({ page: 'batch', batchId: '100%' });
  });
});
