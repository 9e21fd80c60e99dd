/**
 * Chance-corrected agreement on nominal categories: Cohen's and Fleiss' kappa, Krippendorff's alpha. Pure formulas over a table of ratings;
 * `agreement.ts` says what is rated.
 */

/** What raters said of `count` units alike: one category a rater, in the same order in every row; undefined where a rater did not rate. */
export interface RatedUnits {
  readonly values: readonly (string | undefined)[];
  readonly count: number;
}

/** Counts units by what was said of them, so that a corpus of words, most of them outside everything, stays a short table. */
export class RatingTable {
  readonly #rows = new Map<string, { values: readonly (string | undefined)[]; count: number }>();

  /** Counts one more unit, or `count` of them. */
  add(values: readonly (string | undefined)[], count = 1): void {
    const key = JSON.stringify(values.map((value) => value ?? null));
    const row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, { values: [...values], count });
    else row.count += count;
  }

  get rows(): readonly RatedUnits[] {
    return [...this.#rows.values()];
  }
}

/** Chance-corrected agreement; undefined where chance alone would agree on everything (one category in use), or nothing was rated. */
function corrected(observed: number, expected: number): number | undefined {
  return expected >= 1 || Number.isNaN(observed) ? undefined : (observed - expected) / (1 - expected);
}

/** The same table with a category put in place of each. */
export function recoded(rows: readonly RatedUnits[], recode: (value: string) => string): RatedUnits[] {
  const table = new RatingTable();
  for (const { values, count } of rows)
    table.add(
      values.map((value) => (value === undefined ? undefined : recode(value))),
      count,
    );
  return [...table.rows];
}

/** The columns of two raters, in units that both rated. */
export function pairOf(rows: readonly RatedUnits[], first: number, second: number): RatedUnits[] {
  const table = new RatingTable();
  for (const { values, count } of rows) {
    const [a, b] = [values[first], values[second]];
    if (a !== undefined && b !== undefined) table.add([a, b], count);
  }
  return [...table.rows];
}

/** Units of a table. */
export function unitCount(rows: readonly RatedUnits[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

/** Share of units, 0 to 1, on which two raters agree; undefined without units. Rows of two values, see {@link pairOf}. */
export function observedAgreement(rows: readonly RatedUnits[]): number | undefined {
  const total = unitCount(rows);
  const same = rows.reduce((sum, { values: [a, b], count }) => (a === b ? sum + count : sum), 0);
  return total === 0 ? undefined : same / total;
}

/**
 * Cohen's kappa of two raters, −1 to 1: `(p_o − p_e) / (1 − p_e)`, where `p_e` comes from each rater's own distribution of categories
 * (J. Cohen 1960, A Coefficient of Agreement for Nominal Scales). Rows of two values, see {@link pairOf}.
 */
export function cohensKappa(rows: readonly RatedUnits[]): number | undefined {
  const total = unitCount(rows);
  const observed = observedAgreement(rows);
  if (observed === undefined) return undefined;
  const totals = [new Map<string, number>(), new Map<string, number>()] as const;
  for (const { values, count } of rows)
    for (const rater of [0, 1] as const)
      totals[rater].set(values[rater] ?? "", (totals[rater].get(values[rater] ?? "") ?? 0) + count);
  let expected = 0;
  for (const [category, count] of totals[0]) expected += (count * (totals[1].get(category) ?? 0)) / total ** 2;
  return corrected(observed, expected);
}

/**
 * Fleiss' kappa, −1 to 1, over the units that every rater rated; raters are interchangeable, so `p_e` comes from all of them together
 * (J. L. Fleiss 1971, Measuring Nominal Scale Agreement Among Many Raters). Undefined with fewer than two raters.
 */
export function fleissKappa(rows: readonly RatedUnits[]): number | undefined {
  const complete = rows.filter(({ values }) => !values.includes(undefined));
  const raters = rows[0]?.values.length ?? 0;
  const units = unitCount(complete);
  if (raters < 2 || units === 0) return undefined;
  const totals = new Map<string, number>();
  let agreement = 0;
  for (const { values, count } of complete) {
    const tally = countCategories(values);
    let pairs = 0;
    for (const [category, n] of tally) {
      pairs += n * (n - 1);
      totals.set(category, (totals.get(category) ?? 0) + n * count);
    }
    agreement += (count * pairs) / (raters * (raters - 1));
  }
  let expected = 0;
  for (const n of totals.values()) expected += (n / (units * raters)) ** 2;
  return corrected(agreement / units, expected);
}

/**
 * Krippendorff's alpha for nominal data, 1 for perfect agreement, 0 for chance: `1 − D_o / D_e` over the coincidences of values within
 * units. Units with one value count for nothing; raters may miss units (K. Krippendorff 2011, Computing Krippendorff's Alpha-Reliability,
 * https://repository.upenn.edu/asc_papers/43, part C).
 */
export function krippendorffsAlpha(rows: readonly RatedUnits[]): number | undefined {
  const totals = new Map<string, number>();
  let values = 0;
  let disagreement = 0;
  for (const row of rows) {
    const tally = countCategories(row.values);
    const rated = [...tally.values()].reduce((sum, n) => sum + n, 0);
    if (rated < 2) continue;
    values += rated * row.count;
    let same = 0;
    for (const [category, n] of tally) {
      same += n * (n - 1);
      totals.set(category, (totals.get(category) ?? 0) + n * row.count);
    }
    disagreement += (row.count * (rated * (rated - 1) - same)) / (rated - 1);
  }
  if (values === 0) return undefined;
  let expected = values * (values - 1);
  for (const n of totals.values()) expected -= n * (n - 1);
  return expected === 0 ? undefined : 1 - (disagreement * (values - 1)) / expected;
}

function countCategories(values: readonly (string | undefined)[]): Map<string, number> {
  const tally = new Map<string, number>();
  for (const value of values) if (value !== undefined) tally.set(value, (tally.get(value) ?? 0) + 1);
  return tally;
}
