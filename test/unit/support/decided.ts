/** Documents as people's decisions make them: through the store and the log's events, not built by hand. */
import type { LabelledDocument } from "../../../src/datasets/document";
import { documentFrom } from "../../../src/datasets/workspace/collect";
import type { LabelTask } from "../../../src/documents/tasks";
import type { DecisionEvent } from "../../../src/labels/events";
import { DocumentLabels } from "../../../src/labels/store";
import { layoutOf, segmentDocument } from "../../../src/text/document";
import { finish } from "../../../src/text/slices";
import type { Span } from "../../../src/text/span";

/** Decides on a text as a person would, on suggestions and beside them. */
export class Decider {
  readonly events: DecisionEvent[] = [];
  readonly labels: DocumentLabels;

  constructor(
    readonly path: string,
    readonly text: string,
  ) {
    this.labels = new DocumentLabels({
      text,
      author: "ann",
      sink: {
        append: (events) => {
          this.events.push(...events);
          return Promise.resolve();
        },
      },
    });
  }

  /** Where some words are first. */
  at(words: string): Span {
    const start = this.text.indexOf(words);
    if (start < 0) throw new Error(words);
    return { start, end: start + words.length };
  }

  /** The model suggests these labels; returns their ids. */
  suggest(task: LabelTask, ...list: readonly (readonly [words: string, label: string])[]): string[] {
    const all = { start: 0, end: this.text.length };
    const suggestions = list.map(([words, label]) => ({ ...this.at(words), label, score: 0.9 }));
    this.labels.setSuggestions(task, all, suggestions, { name: "model", version: "1" });
    return list.map(([words]) => {
      const { start, end } = this.at(words);
      return this.labels
        .annotations()
        .find(({ task: of, span }) => of === task && span.start === start && span.end === end)!.id;
    });
  }

  /** What a log with these decisions says. */
  document(): LabelledDocument {
    const { sentences } = segmentDocument(this.text, layoutOf(this.path));
    return finish(documentFrom(this.path, this.text, [this.events], sentences));
  }
}
