import { documents, grams, id, list, oneOf, type SentOf } from '#vocabulary';
import { type SiteAccount } from '../account/site-account.js';
import { INPUT, outputs, PROCESS, type ContentGrams } from '../custody-fields.js';
import { ASSAY_TOLERANCE, isContentUnknown, takeContent, withinTolerance } from '../masses.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { CUSTODY_MODELS, MINERALS } from '../terms.js';
import {
  batchForUse,
  firstRefusal,
  refuseContentOverGross,
  refuseNothing,
  refuseRepeated,
  refuseTaken,
} from './custody-rules.js';
import { siteFact } from './slice.js';
import {
  refuseContentOverStoichiometry,
  refuseNoWaste,
  refuseOtherText,
  refuseProcess,
  refuseScrap,
} from './table-rules.js';

const TRANSFORMATION = {
  transformationId: id('transformation'),
  ...PROCESS,
  chainOfCustody: oneOf(CUSTODY_MODELS, { reliance: 'custody-model', description: 'ISO 22095' }),
  // Corrections are there for whoever wrote down the wrong batch.
  inputs: list('BatchMass', INPUT, { corrected: 'any' }),
  outputs: outputs(),
  // Acids, water, soda: what is added is the recipe.
  reagentGrams: grams({
    optional: true,
    confidential: true,
    description: 'Mass added that contains none of the minerals',
  }),
  documents: documents(),
};
type TransformBatches = SentOf<typeof TRANSFORMATION>;

/**
 * Refuses `id-taken`, what {@link batchForUse} refuses of each input, `content-over-gross`, `content-over-stoichiometry`
 * and `not-waste` of an output, `activity-mismatch` of the process, `mass-not-conserved`, and repeated batches
 * (`invalid-request`).
 */
export const transformBatches = siteFact('BatchesTransformed', 'transformations', TRANSFORMATION, {
  summary: 'Turn all or part of batches into new ones',
  example: {
    body: {
      occurredAt: '2026-11-03T00:30:00.000Z',
      transformationId: 'kurobe-shredding-1',
      process: 'recycling',
      chainOfCustody: 'controlled-blending',
      inputs: [{ batchId: 'kurobe-cells-1', grossGrams: 400_000 }],
      outputs: [
        {
          batchId: 'kurobe-black-mass-1',
          material: 'black-mass',
          grossGrams: 200_000,
          contentGrams: { cobalt: 23_000, lithium: 9_000, nickel: 70_000 },
        },
      ],
    },
  },
  takes: ({ transformationId, outputs }) => [
    { kind: 'transformation', id: transformationId },
    ...outputs.map(({ batchId }) => ({ kind: 'batch' as const, id: batchId })),
  ],
  decide(body, account, facts, moment) {
    const { transformationId, inputs, outputs } = body;
    const problem =
      refuseRepeated(
        inputs.map(({ batchId }) => batchId),
        (index) => `inputs[${index}].batchId`,
      ) ??
      refuseRepeated(
        outputs.map(({ batchId }) => batchId),
        (index) => `outputs[${index}].batchId`,
      ) ??
      refuseTaken({ kind: 'transformation', id: transformationId }, facts, 'transformationId') ??
      firstRefusal(outputs, ({ batchId, grossGrams }, index) => {
        const path = `outputs[${index}]`;
        return (
          refuseNothing(grossGrams, `${path}.grossGrams`) ??
          refuseTaken({ kind: 'batch', id: batchId }, facts, `${path}.batchId`)
        );
      }) ??
      refuseByTables(body, account, '') ??
      firstRefusal(inputs, (input, index) => batchForUse(account, input, moment, `inputs[${index}].`).problem) ??
      refuseGain(body, account);
    return problem ? refuse(problem) : accept({});
  },
  refuseReplacement(data, account, { neverHere }) {
    const { inputs, outputs } = data;
    const made = new Set(outputs.map(({ batchId }) => batchId));
    return (
      refuseRepeated(
        inputs.map(({ batchId }) => batchId),
        (index) => `replacement.inputs[${index}].batchId`,
      ) ??
      firstRefusal(inputs, ({ batchId }, index) =>
        made.has(batchId)
          ? refusal('invalid-request', `${batchId} cannot be made of itself.`, `replacement.inputs[${index}].batchId`)
          : undefined,
      ) ??
      // The batch must have been here: whoever could name any batch of the ledger would be shown what it was made of, and
      // would take from it what others hold.
      firstRefusal(inputs, ({ batchId }, index) =>
        neverHere.has(batchId)
          ? refusal(
              'batch-not-here',
              `${batchId} was never at ${account.siteId}.`,
              `replacement.inputs[${index}].batchId`,
            )
          : undefined,
      ) ??
      refuseByTables(data, account, 'replacement.')
    );
  },
});

/** What is wrong with the process, or with an output by itself. */
function refuseByTables(
  { process, otherProcess, outputs }: Pick<TransformBatches, 'process' | 'otherProcess' | 'outputs'>,
  account: SiteAccount,
  prefix: string,
): Refusal | undefined {
  return (
    refuseOtherText(process, otherProcess, `${prefix}otherProcess`) ??
    refuseProcess(process, account, `${prefix}process`) ??
    firstRefusal(outputs, (output, index) => {
      const { material, otherMaterial, grossGrams, contentGrams, scrap } = output;
      const path = `${prefix}outputs[${index}]`;
      return (
        refuseOtherText(material, otherMaterial, `${path}.otherMaterial`) ??
        refuseContentOverGross(contentGrams, grossGrams, `${path}.contentGrams`) ??
        refuseContentOverStoichiometry(contentGrams, grossGrams, material, `${path}.contentGrams`) ??
        (scrap === true
          ? (refuseScrap(process, `${path}.scrap`) ?? refuseNoWaste(output, `${path}.material`))
          : undefined)
      );
    })
  );
}

/**
 * Outputs that weigh more than inputs and reagents, or contain more of a mineral than the inputs did, beyond the assay
 * tolerance: `mass-not-conserved`.
 *
 * Of an input whose content is unknown nothing is known but its mass. What the outputs contain beyond the known inputs may
 * have come from it, so together, over all minerals, that may be as much as the unknown inputs weigh and not a gram more.
 * The ledger takes it as `undeclared`, and the claim `mass-balance` stays unproven.
 */
function refuseGain(
  { inputs, outputs, reagentGrams = 0 }: TransformBatches,
  account: SiteAccount,
): Refusal | undefined {
  const grossIn = sum(inputs.map(({ grossGrams }) => grossGrams)) + BigInt(reagentGrams);
  const grossOut = sum(outputs.map(({ grossGrams }) => grossGrams));
  if (grossOut > grossIn) return refusal('mass-not-conserved', `${grossOut} g out of ${grossIn} g.`, 'outputs');

  const taken = inputs.map(({ batchId, grossGrams }) => takenOf(account, batchId, grossGrams));
  let unexplained = sum(inputs.map(({ grossGrams }, index) => (isContentUnknown(taken[index] ?? {}) ? grossGrams : 0)));
  for (const mineral of MINERALS) {
    const gramsIn = sum(taken.map((content) => content[mineral] ?? 0));
    const gramsOut = sum(outputs.map(({ contentGrams }) => contentGrams[mineral] ?? 0));
    if (withinTolerance(gramsOut, gramsIn, ASSAY_TOLERANCE)) continue;
    unexplained -= gramsOut - gramsIn;
    if (unexplained < 0n) {
      return refusal('mass-not-conserved', `${gramsOut} g of ${mineral} out of ${gramsIn} g.`, 'outputs');
    }
  }
  return undefined;
}

function takenOf(account: SiteAccount, batchId: string, grossGrams: number): ContentGrams {
  const batch = account.batches.get(batchId);
  return batch ? takeContent(batch.contentGrams, grossGrams, batch.grossGrams).taken : {};
}

function sum(grams: readonly number[]): bigint {
  return grams.reduce((total, each) => total + BigInt(each), 0n);
}
