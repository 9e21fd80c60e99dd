/**
 * spaCy's DocBin (`.spacy`), what `spacy train` reads. Its strings are hashes of spaCy's, so spaCy itself writes and reads it, in a Python the user
 * named. Examples are those of `write.ts`; what was not reviewed is missing there, not outside.
 */
import { DOCBIN_SCRIPT } from "./docbin-script";
import { chosenOption } from "../../document";
import type { FormatOption, LabelledDocument } from "../../document";
import type { Loss } from "../../losses";
import { MARKS } from "../../codecs/marks";
import { PythonError, runPython } from "../../reading/python";
import type { RawText } from "../../codecs/texts";
import { readingTexts } from "../../codecs/texts";
import { ReadError } from "../../format";
import type { DatasetFormat } from "../../format";
import { reader } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { anything, anyText, has, list, number, object, record, take, tuple } from "../../reading/shape";
import { SPACY_HOLDS, writeSpacy } from "./write";
import { spacyText } from "./read";
import type { FinishedOutput, Output } from "../../writing/output";

const LANGUAGE: FormatOption = {
  name: "language",
  title: "Language whose tokens spaCy makes (xx: any)",
  values: ["en", "xx", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "zh"],
};

const NO_PYTHON =
  "spaCy's DocBin is written and read by spaCy: name a Python that has it (--python on the command line, the setting glossator.python), or use the format spaCy JSONL.";

/** What our script answers. */
const WRITTEN = object({ files: record(anyText) });
const READ = object({ rows: record(list(anything)), errors: record(anyText) });
/** Where spaCy has a tag, "outside" included. */
const KNOWN = object({ known: list(tuple(number, number)) });

/** Writes the rows of `write.ts`. Here, what is only somewhat reviewed is missing, and nothing has to be assumed. */
function write(document: LabelledDocument, out: Output): void {
  const report = (losses: Iterable<Loss>): void => out.report([...losses].filter(({ kind }) => kind !== "assumed"));
  writeSpacy(document, { ...out, report }, "spacy");
}

function parsed(lines: string): unknown[] {
  return lines
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

/** Makes DocBins of the rows. @throws {PythonError} without a Python that has spaCy. */
async function finish({ files, options }: FinishedOutput): Promise<void> {
  const language = chosenOption(LANGUAGE, options.choices);
  if (options.python === undefined) throw new PythonError(NO_PYTHON);
  const rows = Object.fromEntries([...files].map(([name, text]) => [name, parsed(String(text))]));
  const result = await runPython(options.python, DOCBIN_SCRIPT, { write: rows, language });
  files.clear();
  for (const [name, data] of take(WRITTEN, result, {}, [])?.files ?? [])
    files.set(name, new Uint8Array(Buffer.from(data, "base64")));
}

const DOCBIN = /\.spacy$/i;

/** A row's text; what of it was looked at is what spaCy has a tag for. */
function textOf(row: unknown, file: string, input: Input): RawText | undefined {
  const raw = spacyText(row, { file }, input);
  if (raw === undefined || has(row, MARKS)) return raw && { ...raw, unit: "codepoint" };
  const known = take(KNOWN, row, { file }, input.losses)?.known ?? [];
  return { ...raw, unit: "codepoint", reviewed: known.map(([start, end]) => ({ start, end })) };
}

/** The texts of DocBins. @throws {ReadError} without a Python that has spaCy. */
async function textsOf(input: Input): Promise<RawText[]> {
  const { files, options, losses } = input;
  if (options.python === undefined) throw new ReadError(NO_PYTHON);
  const names = [...files.keys()].filter((file) => DOCBIN.test(file));
  const read = Object.fromEntries(names.map((name) => [name, Buffer.from(files.get(name)!).toString("base64")]));
  const result = await runPython(options.python, DOCBIN_SCRIPT, { read }).catch((error: unknown) => {
    throw error instanceof PythonError ? new ReadError(error.message, { cause: error }) : error;
  });
  const { rows = [], errors = [] } = take(READ, result, {}, losses) ?? {};
  for (const [file, reason] of errors) {
    losses.push({ kind: "dropped", file, reason: `spaCy cannot read it: ${reason}` });
  }
  return rows.flatMap(([file, some]) => some.flatMap((row) => textOf(row, file, input) ?? []));
}

/** The format. */
export const docbin: DatasetFormat = {
  title: "spaCy DocBin (.spacy)",
  holds: SPACY_HOLDS,
  options: [LANGUAGE],
  extensions: ["spacy"],
  write,
  finish,
  read: reader("There is no document in these files", (input) => readingTexts(textsOf(input), ["codepoint"], input)),
  signs: [{ name: DOCBIN, confidence: 0.95, says: "is named as a DocBin" }],
};
