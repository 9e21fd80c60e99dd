/** An annotator's decisions written by hand. */
import type { DecidedAnswers } from "../../../src/documents/answers";
import { mapAnswers } from "../../../src/documents/answers";
import { layersOf } from "../../../src/documents/layers";
import { isLabelTask } from "../../../src/documents/tasks";
import type { LabelTask, Task } from "../../../src/documents/tasks";
import type { PlacedLabel } from "../../../src/labels/annotation";
import type { AnnotatorLabels } from "../../../src/labels/agreement/annotators";
import { quoted } from "../../../src/text/span";
import type { Span } from "../../../src/text/span";

/** What there is; all else is empty. */
export interface Said extends Partial<Record<LabelTask, readonly PlacedLabel[]>> {
  readonly questions?: readonly { readonly question: string; readonly answers: DecidedAnswers<Span> }[];
  readonly reviewed?: Partial<Record<Task, readonly Span[]>>;
  readonly adjudications?: AnnotatorLabels["adjudications"];
}

/** Who said it, of which text. */
export function annotator(author: string, text: string, said: Said): AnnotatorLabels {
  const { questions = [], reviewed = {}, adjudications = [] } = said;
  const layers = layersOf((task) => ({
    reviewed: reviewed[task] ?? [],
    ...(isLabelTask(task) && {
      labels: (said[task] ?? []).map((item, index) => ({
        ...{ id: `${author}-${task}-${index}`, author },
        ...{ ...quoted(text, item), label: item.label },
      })),
    }),
  }));
  return {
    ...{ author, text, layers: layers, adjudications, stale: 0 },
    questions: questions.map(({ question, answers }, index) => ({
      ...{ id: `${author}-q${index}`, author, question, plausible: [] },
      answers: mapAnswers(answers, (span) => quoted(text, span)),
    })),
  };
}
