/** For tests in Python: writes the documents of `documents.ts` in a format, and what they hold in code points as `expected.json`. Arguments: format, folder, options as name=value. */
import { labelsById } from "../../src/documents/relations";
import { CLASSES, SPANS } from "../../src/documents/tasks";
import { writeFileSync } from "node:fs";
import { answersIn } from "../../src/documents/answers";
import { formatOf } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { defaultLabelSets } from "../../src/labels/labelset";
import { OffsetMap } from "../../src/text/offsets";
import type { Span } from "../../src/text/span";
import { interopDocuments } from "./documents";
import { writeFilesIn } from "./folder";
import { writeDataset } from "../../src/datasets/writing/drive";

async function main([format, folder, ...pairs]: readonly string[]): Promise<void> {
  const choices = Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
  const documents = interopDocuments();
  const options = { labels: defaultLabelSets(), seed: 1, validation: 0, test: 0, choices };
  const { files, losses } = await writeDataset(formatOf(format as FormatName), documents, options);
  writeFilesIn(folder!, files);
  const expected = documents.map((document) => {
    const { path: name, text, questions, layers, relations = [] } = document;
    const byId = labelsById(document);
    const map = new OffsetMap(text);
    const span = ({ start, end }: Span): number[] => [start, end].map((at) => map.fromUtf16(at, "codepoint"));
    const label = (item: Span & { label: string; exact: string; author?: string }): unknown => {
      return { span: span(item), label: item.label, text: item.exact, author: item.author };
    };
    const answered = questions.map((item) => ({ question: item.question, answers: answersIn(item.answers).map(span) }));
    return {
      path: name,
      text,
      entities: layers[SPANS].labels.map(label),
      sentiment: layers[CLASSES].labels.map(label),
      questions: answered,
      relations: relations.map(({ type, from, to }) => [byId.get(from)!.exact, type, byId.get(to)!.exact]),
    };
  });
  writeFileSync(`${folder!}.expected.json`, JSON.stringify({ documents: expected, losses }));
}

void main(process.argv.slice(2));
