/** `glossator evaluate`: the model's scores on the corpora of the field. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import type { EngineInfo } from "../engine/protocol";
import { CorpusError } from "../evaluation/corpora";
import { CORPORA, evaluateConll, evaluateSst2 } from "../evaluation/evaluate";
import type { ConllScores, CorpusName, Engine, EvaluateOptions, SentimentScores } from "../evaluation/evaluate";
import { evaluateNoAnswer, evaluateSquad, evaluateSquadFile } from "../evaluation/evaluate-answers";
import type { FileScores, Recall } from "../evaluation/evaluate-answers";
import { evaluateMarks } from "../evaluation/evaluate-marks";
import type { Marks, MarkScores } from "../evaluation/evaluate-marks";
import type { AnswerScore, EntityScore, Share } from "../evaluation/metrics";
import type { NoAnswerScores } from "../evaluation/no-answer";
import { withEngine } from "./engine";
import { CommandError, EXIT } from "./exit";
import { jsonLine } from "./json";
import { integer, listOf, withEngineOptions } from "./options";
import type { EngineOptions, Places } from "./options";
import { percent, table } from "./tables";
import type { Terminal } from "./terminal";

interface EvaluateCommandOptions extends EngineOptions {
  readonly corpus?: readonly CorpusName[];
  readonly data?: string;
  readonly limit?: number;
  readonly seed: number;
  readonly readmes?: string;
  readonly json?: boolean;
}

/** Scores by corpus; those not asked for are absent. */
interface Scores {
  readonly sst2?: SentimentScores;
  readonly conll2003?: ConllScores;
  readonly squad?: AnswerScore;
  readonly "squad-noanswer"?: NoAnswerScores;
  readonly "squad-file"?: FileScores;
  readonly marks?: MarkScores;
}

const NAMES = Object.keys(CORPORA) as CorpusName[];
const MEASURES: Readonly<
  Record<CorpusName, (engine: Engine, options: EvaluateOptions) => Promise<Scores[CorpusName]>>
> = {
  sst2: evaluateSst2,
  conll2003: evaluateConll,
  squad: evaluateSquad,
  "squad-noanswer": evaluateNoAnswer,
  "squad-file": evaluateSquadFile,
  marks: evaluateMarks,
};

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addEvaluateCommand(
  program: Command,
  places: Places,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  const command = program.command("evaluate").summary("measure the model on the field's corpora");
  command
    .description(
      "Measures the model: accuracy on SST-2's development set, strict entity F1 on CoNLL-2003's testa and testb, as they are and in lower case, exact match and F1 on SQuAD v1.1's development set, each question on its paragraph and over all paragraphs as one file, how questions without an answer are told from those with one, and how many segments of README files, encyclopedia sentences and reviews carry the mark of an opinion.",
    )
    .addOption(
      new Option(
        "--corpus <list>",
        "sst2, conll2003, squad, squad-noanswer, squad-file, marks (default: all the model has tasks for)",
      ).argParser(listOf(NAMES)),
    )
    .option("--data <folder>", "folder with sst2/, sst5/, conll2003/ and squad/ (default: ../shared/data, if there)")
    .option(
      "--readmes <folder>",
      "folder of packages whose README.md are read for marks (default: node_modules, if there)",
    )
    .addOption(new Option("--limit <n>", "most examples of each file, drawn at random").argParser(integer(1)))
    .addOption(new Option("--seed <n>", "draws the examples").argParser(integer(0)).default(0))
    .option("--json", "write one JSON object, and nothing else to standard output");
  withEngineOptions(command).action((options: EvaluateCommandOptions) =>
    run(() => evaluate(options, places, terminal)),
  );
}

async function evaluate(options: EvaluateCommandOptions, places: Places, terminal: Terminal): Promise<number> {
  const data = resolve(options.data ?? places.data);
  if (!(await stat(data).catch(() => undefined))?.isDirectory())
    throw new CommandError(EXIT.usage, `There is no folder ${data}: name the one that holds the corpora with --data.`);
  const started = performance.now();
  return withEngine(options, places, terminal, async ({ client, info }) => {
    const engine: Engine = {
      info,
      label: client.label.bind(client),
      ask: client.ask.bind(client),
      index: client.index.bind(client),
      rank: client.rank.bind(client),
    };
    const { limit, seed } = options;
    const scores: Record<string, unknown> = {};
    const seconds: Record<string, number> = {};
    let failed = false;
    for (const name of options.corpus ?? NAMES) {
      const begun = performance.now();
      if (!info.tasks.includes(CORPORA[name])) {
        // What nobody asked for is left out with a word; what was asked for and cannot be is a failure.
        failed ||= options.corpus !== undefined;
        terminal.say(`${name} is left out: the model ${info.model} has no decoder for ${CORPORA[name]}.`);
        continue;
      }
      try {
        scores[name] = await MEASURES[name](engine, {
          ...{ data, seed, signal: terminal.signal, readmes: resolve(options.readmes ?? places.packages) },
          heldOut: places.heldOut,
          ...(limit !== undefined && { limit }),
          onProgress: (what, done, total) => terminal.progress(`${what}: ${done} of ${total}`),
        });
        seconds[name] = (performance.now() - begun) / 1000;
      } catch (error) {
        if (!(error instanceof CorpusError)) throw error;
        failed = true;
        terminal.say(`${name} is left out: ${error.message}`);
      }
    }
    const { model, modelVersion, device, threads } = info;
    const total = (performance.now() - started) / 1000;
    if (options.json) {
      const run = { model, modelVersion, device, threads, limit, seed, corpora: scores, seconds: total };
      for (const piece of jsonLine(run)) await terminal.write(piece);
    } else await write(scores, seconds, info, options, total, terminal);
    return failed ? EXIT.input : EXIT.ok;
  });
}

async function write(
  scores: Scores,
  seconds: Readonly<Record<string, number>>,
  info: EngineInfo,
  { limit, seed }: EvaluateCommandOptions,
  total: number,
  terminal: Terminal,
): Promise<void> {
  const sampled = limit === undefined ? "" : `, at most ${limit} examples a file, seed ${seed}`;
  await terminal.write(`${info.model} (${info.modelVersion}) on ${info.device}, ${info.threads} threads${sampled}\n`);
  const rows = [...sentimentRows(scores), ...entityRows(scores), ...answerRows(scores), ...markRows(scores)];
  if (rows.length > 0) await terminal.write(table(["corpus", "measure", "score", "counts"], rows, [2]));
  const times = Object.entries(seconds).map(([name, time]) => `${name} ${time.toFixed(0)} s`);
  await terminal.write(`${[...times, `all ${total.toFixed(0)} s`].join(", ")}\n`);
}

function sentimentRows({ sst2 }: Scores): string[][] {
  if (!sst2) return [];
  const row = (corpus: string, measure: string, { value, correct, total }: Share): string[] => {
    return [corpus, measure, percent(value, 2), `${correct} of ${total}`];
  };
  return [
    row("SST-2 dev", "accuracy, negative or positive", sst2.accuracy),
    row("SST-2 dev", "accuracy, all labels", sst2.strict),
    ...(sst2.unmarked ? [row("SST-2 dev", "without a mark", sst2.unmarked)] : []),
    ...(sst2.statements ? [row("plain statements", "without a mark", sst2.statements)] : []),
  ];
}

function entityRows({ conll2003 }: Scores): string[][] {
  const row = (corpus: string, measure: string, score: EntityScore): string[] => {
    const { precision, recall, correct, found, reference } = score;
    const counts = `precision ${percent(precision, 2)}, recall ${percent(recall, 2)}; ${correct} right of ${found} found, ${reference} in the reference`;
    return [corpus, measure, percent(score.f1, 2), counts];
  };
  return Object.entries(conll2003 ?? {}).flatMap(
    ([part, score]: [string, EntityScore & { types: Record<string, EntityScore> }]) => [
      row(`CoNLL-2003 ${part}`, "F1", score),
      ...Object.entries(score.types).map(([type, of]) => row(`CoNLL-2003 ${part}`, `F1 of ${type}`, of)),
    ],
  );
}

function answerRows({ squad, "squad-noanswer": noAnswer, "squad-file": file }: Scores): string[][] {
  return [
    ...(squad ? scoreRows("SQuAD v1.1 dev", squad) : []),
    ...(noAnswer ? noAnswerRows(noAnswer) : []),
    ...(file ? fileRows(file) : []),
  ];
}

function noAnswerRows({ auc, f1, f1AsIs, answerable, unanswerable }: NoAnswerScores): string[][] {
  const counts = `${answerable} questions with an answer, ${unanswerable} without`;
  return [
    ["SQuAD, held out", "with an answer against without, AUC", auc.toFixed(3), counts],
    [
      "SQuAD, held out",
      "F1 with the no-answer choice",
      percent(f1, 2),
      "threshold from the other half of the articles",
    ],
    ["SQuAD, held out", "F1 as the model chooses", percent(f1AsIs, 2), counts],
  ];
}

function scoreRows(corpus: string, { exactMatch, f1, total }: AnswerScore): string[][] {
  return [
    [corpus, "exact match", percent(exactMatch, 2), `${total} questions`],
    [corpus, "F1", percent(f1, 2), `${total} questions`],
  ];
}

function fileRows({ paragraphs, recall, answers, alone }: FileScores): string[][] {
  const corpus = `SQuAD v1.1 dev as one file`;
  const rows = (by: string, { at5, at20 }: Recall): string[][] =>
    [[5, at5] as const, [20, at20] as const].map(([top, { value, correct, total }]) => [
      corpus,
      `gold paragraph among ${top} of ${paragraphs}, by ${by}`,
      percent(value, 2),
      `${correct} of ${total}`,
    ]);
  return [
    ...rows("words", recall.words),
    ...rows("meaning", recall.meaning),
    ...rows("both", recall.both),
    ...scoreRows(corpus, answers),
    [
      corpus,
      "F1 of F1 on the paragraph alone",
      alone.f1 === 0 ? "–" : percent(answers.f1 / alone.f1, 1),
      `${percent(alone.f1, 2)} there`,
    ],
  ];
}

function markRows({ marks }: Scores): string[][] {
  if (!marks) return [];
  const { readmes, expository, opinions } = marks;
  const counts = ({ correct, total }: Share): string => `${correct} of ${total}`;
  const row = (corpus: string, measure: string, { marked, regardless }: Marks): string[] => [
    corpus,
    `${measure} with a mark`,
    percent(marked.value, 2),
    `${counts(marked)}; whatever the kind of text ${percent(regardless.value, 2)}`,
  ];
  return [
    row(`${readmes.files} README files`, "segments", readmes),
    ...Object.entries(readmes.kinds).map(([kind, of]) =>
      row(`${readmes.files} README files`, `segments (${kind})`, of),
    ),
    row("SQuAD v1.1 dev", "sentences", expository),
    ["SST-2 dev", "opinions with a mark", percent(opinions.marked.value, 2), counts(opinions.marked)],
    ["SST-2 dev", "right among the marked", percent(opinions.right.value, 2), counts(opinions.right)],
  ];
}
