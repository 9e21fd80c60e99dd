/** For tests in Python: reads a folder of files as a format and prints what was read, spans in code points. Arguments: format, folder. */
import { CLASSES, SPANS } from "../../src/documents/tasks";
import { answersIn } from "../../src/documents/answers";
import { detectFormats, formatOf } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { OffsetMap } from "../../src/text/offsets";
import type { Span } from "../../src/text/span";
import { filesIn } from "./folder";

async function main([format, folder]: readonly string[]): Promise<void> {
  const files = filesIn(folder!);
  const { documents, losses, unit, labels } = await formatOf(format as FormatName).read!(files, {
    misaligned: "refuse",
  });
  const rows = documents.map(({ path: name, text, questions, layers }) => {
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
    };
  });
  const detected = detectFormats(files).map(({ name }) => name);
  process.stdout.write(JSON.stringify({ documents: rows, losses, unit: unit?.value, labels, detected }));
}

void main(process.argv.slice(2));
