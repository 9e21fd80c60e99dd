/** From what was read to what is written, without a workspace between: pieces of a document are put together, in the order they came in. Offsets are UTF-16 code units. */
import type { Label, Labelled, Question, Relation } from "../../documents/labelled";
import { layerOf, layersOf } from "../../documents/layers";
import { withRelations } from "../../documents/relations";
import { isLabelTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { inSlices } from "../../text/slices";
import { apart, byPlace } from "../../text/spans";
import type { LabelledDocument } from "../document";
import type { Misaligned, ReadDocument } from "../format";
import { alignAll } from "../import/align";
import { reviewedTogether } from "../import/conflicts";
import { rowPlaces } from "../import/rows";
import type { RowChoice } from "../import/rows";
import { composed, grouped } from "../import/targets";
import type { Loss } from "../losses";
import { sentencesOf } from "../workspace/walk";

/** Ids that are the same for the same input, and sort by order. */
class Ids {
  #next = 0;

  next(): string {
    return `c${String(this.#next++).padStart(9, "0")}`;
  }
}

/**
 * The documents that texts belong to, each with all that is said of it: by the path that the file names, else by the file. What has no place in its document
 * is added to `losses`. @throws the signal's reason when aborted.
 */
export async function convertedDocuments(
  read: readonly ReadDocument[],
  { misaligned, losses, rows }: { readonly misaligned: Misaligned; readonly losses: Loss[]; readonly rows?: RowChoice },
  signal?: AbortSignal,
): Promise<LabelledDocument[]> {
  const ids = new Ids();
  const documents: LabelledDocument[] = [];
  const taken = new Set<string>();
  for (const group of grouped(read, rowPlaces(read, rows))) {
    // A file without a name of its own may be called as a document that another file names.
    let path = group.name;
    while (taken.has(path)) path += "_";
    taken.add(path);
    const whole = { path, ...composed(group) };
    const aligned = await alignAll(whole, misaligned, losses, signal);
    const sentences = await inSlices(sentencesOf(whole.text, whole.path), signal);
    documents.push(together(whole.path, whole.text, sentences, aligned, ids));
  }
  return documents;
}

function together(
  path: string,
  text: string,
  sentences: LabelledDocument["sentences"],
  parts: readonly Labelled[],
  ids: Ids,
): LabelledDocument {
  const called = new Map<string, string>();
  const of = <T extends { readonly id?: string }>(
    list: (part: Labelled) => readonly T[],
  ): (T & { readonly id: string })[] =>
    parts.flatMap(list).map((item) => {
      const id = ids.next();
      if (item.id !== undefined) called.set(item.id, id);
      return { ...item, id };
    });
  const layers = layersOf<{ readonly id: string }>((task: Task) => {
    const labels = isLabelTask(task) ? of<Label>((part) => part.layers[task].labels) : [];
    const rejected = parts.flatMap((part) => part.layers[task].rejected);
    const reviewed = reviewedTogether(
      text,
      parts.flatMap((part) => layerOf(part.layers, task).reviewed),
    );
    return { labels, rejected, reviewed, decided: [...labels, ...rejected].sort(byPlace) };
  });
  const questions = parts
    .flatMap((part) => part.questions)
    .map(({ id: sourceId, ...item }): Question & { id: string } => ({
      ...item,
      id: ids.next(),
      ...(sourceId !== undefined && sourceId !== "" && { sourceId }),
    }));
  const relations = of<Relation & { readonly id?: string }>((part) => part.relations ?? []).map((item) => ({
    ...item,
    from: called.get(item.from)!,
    to: called.get(item.to)!,
  }));
  const tokenized = apart(parts.flatMap((part) => part.tokenized ?? []));
  const beside = withRelations(relations);
  return { path, text, sentences, layers, questions, ...beside, ...(tokenized.length > 0 && { tokenized }) };
}
