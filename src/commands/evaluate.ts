/** `glossator evaluate`: the model's scores on the corpora of the field. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Option, type Command } from "commander";
import type { EngineInfo } from "../engine/protocol";
import { CorpusError } from "../training/corpora";
import {
  CORPORA,
  evaluateConll,
  evaluateSquad,
  evaluateSst2,
  type CorpusName,
  type Engine,
  type EvaluateOptions,
  type Scores,
} from "../training/evaluate";
import type { EntityScore, Share } from "../training/metrics";
import { withEngine } from "./engine";
import { CommandError, EXIT } from "./exit";
import { jsonLine } from "./json";
import { integer, listOf, withEngineOptions, type EngineOptions, type Places } from "./options";
import { percent, table } from "./tables";
import type { Terminal } from "./terminal";

interface EvaluateCommandOptions extends EngineOptions {
  readonly corpus?: readonly CorpusName[];
  readonly data?: string;
  readonly limit?: number;
  readonly seed: number;
  readonly json?: boolean;
}

const NAMES = Object.keys(CORPORA) as CorpusName[];
const MEASURES: Readonly<
  Record<CorpusName, (engine: Engine, options: EvaluateOptions) => Promise<Scores[CorpusName]>>
> = {
  sst2: evaluateSst2,
  conll2003: evaluateConll,
  squad: evaluateSquad,
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
      "Measures the model: accuracy on SST-2's development set, strict entity F1 on CoNLL-2003's testa and testb, exact match and F1 on SQuAD v1.1's development set.",
    )
    .addOption(
      new Option("--corpus <list>", "sst2, conll2003, squad (default: all the model has tasks for)").argParser(
        listOf(NAMES),
      ),
    )
    .option("--data <folder>", "folder with sst2/, sst5/, conll2003/ and squad/ (default: ../shared/data, if there)")
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
    const engine: Engine = { info, label: client.label.bind(client), ask: client.ask.bind(client) };
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
          ...{ data, seed, signal: terminal.signal },
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
  const rows = [...sentimentRows(scores), ...entityRows(scores), ...answerRows(scores)];
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

function answerRows({ squad }: Scores): string[][] {
  if (!squad) return [];
  const counts = `${squad.total} questions`;
  return [
    ["SQuAD v1.1 dev", "exact match", percent(squad.exactMatch, 2), counts],
    ["SQuAD v1.1 dev", "F1", percent(squad.f1, 2), counts],
  ];
}
