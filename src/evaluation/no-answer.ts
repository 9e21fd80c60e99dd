/** How well questions with and without an answer are told apart, as SQuAD 2.0 counts it (Rajpurkar et al. 2018). */

/** A question, and what a model made of it. */
export interface Judged {
  /** What is cut into halves together, such as an article: a threshold is never chosen on the text it is judged on. */
  readonly group: string;
  readonly answerable: boolean;
  /** Probability that the text holds no answer, 0 to 1; 1 where there is no text. */
  readonly noAnswer: number;
  /** log(probability of the best span) − log(probability of none): an answer is given where it is at least a threshold. */
  readonly margin: number;
  /** F1 of the best span, given or not; 0 for a question without an answer. */
  readonly f1: number;
}

/** Scores from 0 to 1. */
export interface NoAnswerScores {
  /**
   * Chance that of a question with an answer and one without, the first has the smaller probability of none: the area under the ROC curve (Mann and Whitney
   * 1947) of what SQuAD 2.0 calls `na_prob`. How sure the model is of its best span tells less: it may be torn between two right ones.
   */
  readonly auc: number;
  /** F1 with the choice to say that there is none, with the threshold chosen on the groups of the other half; over both halves. */
  readonly f1: number;
  /** The same where an answer is given if it is likelier than none, by the model's own account. */
  readonly f1AsIs: number;
  readonly answerable: number;
  readonly unanswerable: number;
}

/** Chance that one of `positive` exceeds one of `negative`, ties counted half; .5 where either is empty. */
export function areaUnderCurve(positive: readonly number[], negative: readonly number[]): number {
  if (positive.length === 0 || negative.length === 0) return 0.5;
  const all = [
    ...positive.map((value) => ({ value, wins: true })),
    ...negative.map((value) => ({ value, wins: false })),
  ];
  all.sort((a, b) => a.value - b.value);
  let [below, pairs] = [0, 0];
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    const tied = all.slice(from, to);
    const wins = tied.filter((one) => one.wins).length;
    pairs += wins * (below + (tied.length - wins) / 2);
    below += tied.length - wins;
    from = to;
  }
  return pairs / (positive.length * negative.length);
}

/** What a question counts if its answer is given from this threshold on. */
function credit({ answerable, margin, f1 }: Judged, threshold: number): number {
  return margin >= threshold ? f1 : Number(!answerable);
}

/** The margin from which on answers are given for the highest F1; 0 without rows. */
export function bestThreshold(rows: readonly Judged[]): number {
  const ordered = [...rows].sort((a, b) => a.margin - b.margin);
  let [best, gained] = [0, 0];
  let threshold = ordered[0]?.margin ?? 0;
  for (const [index, row] of ordered.entries()) {
    // Its answer is taken back.
    gained += Number(!row.answerable) - row.f1;
    const next = ordered[index + 1]?.margin ?? Infinity;
    if (gained <= best || next === row.margin) continue;
    best = gained;
    threshold = next;
  }
  return threshold;
}

/** The {@link NoAnswerScores} of judged questions. */
export function noAnswerScores(rows: readonly Judged[]): NoAnswerScores {
  const groups = [...new Set(rows.map(({ group }) => group))].sort();
  const first = new Set(groups.filter((_, index) => index % 2 === 0));
  const halves = [rows.filter(({ group }) => first.has(group)), rows.filter(({ group }) => !first.has(group))] as const;
  const thresholds = [bestThreshold(halves[1]), bestThreshold(halves[0])] as const;
  const sum = (list: readonly Judged[], threshold: number): number =>
    list.reduce((total, row) => total + credit(row, threshold), 0);
  const surenessOf = (answerable: boolean): number[] =>
    rows.filter((row) => row.answerable === answerable).map(({ noAnswer }) => 1 - noAnswer);
  const count = Math.max(1, rows.length);
  return {
    auc: areaUnderCurve(surenessOf(true), surenessOf(false)),
    f1: (sum(halves[0], thresholds[0]) + sum(halves[1], thresholds[1])) / count,
    f1AsIs: sum(rows, 0) / count,
    answerable: surenessOf(true).length,
    unanswerable: surenessOf(false).length,
  };
}
