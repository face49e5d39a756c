import { type Capability } from '#access';
import { type ReplacementCheck } from '#recording';
import { isOfAuthority } from '#signing';
import { requireCapability } from '../access/policy.js';
import { replacementProblems } from '../shapes/replacement.js';
import { invalidRequest } from '../shapes/validation.js';

/**
 * @throws Problem `invalid-request` for a replacement whose shape is not that of the event it replaces; `forbidden` for
 * a correction of what another role records
 */
export const checkReplacement: ReplacementCheck['check'] = (
  root,
  { replacement },
  corrections,
  { principal, disclosures },
) => {
  requireCapability(principal, recordingOf(root.type));
  const before = [root.data, corrections?.effective(root).data];
  const problems = replacementProblems({ type: root.type, data: replacement, before, disclosures });
  if (problems.length > 0) throw invalidRequest(problems);
};

/** A custodian cannot correct what an authority recorded at its site, nor the other way round. */
function recordingOf(type: string): Capability {
  return isOfAuthority(type) ? 'hold-batches' : 'record-custody';
}
