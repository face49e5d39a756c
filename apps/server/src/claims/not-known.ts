/** Information that a battery passport must contain and that the ledger does not have. */
interface NotKnown {
  /** Of Annex XIII to Regulation (EU) 2023/1542, text of 12 July 2023. */
  readonly annex: string;
  readonly what: string;
}

/** A custody ledger knows where material came from; it does not know how a battery is built or how it performs. */
export const NOT_KNOWN: readonly NotKnown[] = [
  ['1(b)', 'chemistry, hazardous substances'],
  ['1(f)', 'share of renewable content'],
  ['1(g)', 'rated capacity in ampere hours'],
  ['1(h)', 'voltages'],
  ['1(i)', 'power capability'],
  ['1(j)', 'expected lifetime in cycles'],
  ['1(k)', 'capacity threshold for exhaustion'],
  ['1(l)', 'temperature range when not in use'],
  ['1(m)', 'period of the commercial warranty'],
  ['1(n)', 'round trip energy efficiency'],
  ['1(o)', 'internal resistance'],
  ['1(p)', 'c-rate of the cycle-life test'],
  ['1(r)', 'EU declaration of conformity'],
  ['1(s)', 'prevention and management of waste batteries'],
  ['2', 'materials of cathode, anode and electrolyte; part numbers; dismantling; safety measures'],
  ['3', 'results of test reports'],
  ['4(a)', 'performance and durability when placed on the market and later'],
  ['4(b)', 'state of health'],
  ['4(d)', 'data of its use: cycles, negative events, conditions, state of charge'],
].map(([point, what]) => ({ annex: `Annex XIII, ${point}`, what: what! }));
