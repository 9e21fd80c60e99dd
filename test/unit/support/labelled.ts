/** Labelled documents written by hand, and what to compare of them. */
import type { Decided, DecidedLabel, DecidedQuestion, Provenance } from "../../../src/documents/labelled";
import { CLASSES, SPANS } from "../../../src/documents/tasks";
import { layersByKind, rejectedIn } from "../../../src/documents/layers";
import type { ByKind } from "../../../src/documents/layers";
import assert from "node:assert/strict";
import { answersIn, answersSaid } from "../../../src/documents/answers";
import type { LabelledDocument } from "../../../src/datasets/document";
import type { DatasetFiles, ReadDocument } from "../../../src/datasets/format";
import { provenanceRow } from "../../../src/datasets/codecs/provenance";
import type { Span } from "../../../src/text/span";
import { splitSentences } from "../../../src/text/sentences";
import type { Contents } from "../../../src/datasets/writing/contents";

/** Zürich is code points 9–15, UTF-16 10–16; Acme is 26–30, 30–34. */
export const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

type Quoted = readonly (readonly [exact: string, label: string])[];

/** Labels by the text they are on: its first occurrence. */
export interface Hand {
  readonly entities?: Quoted;
  readonly sentiment?: Quoted;
  readonly questions?: readonly (readonly [question: string, answers: readonly string[]])[];
  readonly reviewed?: boolean;
}

/** A document with these labels, by `ann`. */
export function labelled(path: string, text: string, hand: Hand): LabelledDocument {
  const at = (exact: string): Span & { exact: string } => {
    const start = text.indexOf(exact);
    assert.ok(start >= 0, exact);
    return { start, end: start + exact.length, exact };
  };
  const list = (quoted: Quoted = []): DecidedLabel[] =>
    quoted.map(([exact, label], index) => ({ id: `${path}-${index}`, ...at(exact), label, author: "ann" }));
  const spans = list(hand.entities);
  return documentOf(path, text, {
    ...{ spans, classes: list(hand.sentiment), decided: spans },
    questions: (hand.questions ?? []).map(([question, answers], index) => {
      return { id: `${path}-q${index}`, question, answers: answersSaid(answers.map(at)), plausible: [], author: "ann" };
    }),
    reviewed: hand.reviewed === true ? [{ start: 0, end: text.length }] : [],
  });
}

/** A document of these parts; all else is empty. */
export function documentOf(
  path: string,
  text: string,
  { questions = [], ...parts }: ByKind<Decided> & { readonly questions?: readonly DecidedQuestion[] },
): LabelledDocument {
  return { path, text, sentences: splitSentences(text), layers: layersByKind(parts), questions };
}

/** A written file's bytes. */
export function encoded(contents: Contents): Uint8Array {
  return contents instanceof Uint8Array ? contents : new TextEncoder().encode(String(contents));
}

/** Files as a reader gets them. */
export function filesOf(files: Readonly<Record<string, Contents>>): DatasetFiles {
  return new Map(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, contents]) => [name, encoded(contents)]),
  );
}

/** Every decision with its provenance, in a fixed order: equal for what was written and what was read back. */
export function decisions(document: LabelledDocument | ReadDocument): unknown {
  const spans = (list: readonly Span[] = []): unknown => list.map(({ start, end }) => [start, end]);
  const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  const label = (item: Span & Provenance & { label: string }): unknown => [
    item.start,
    item.end,
    item.label,
    provenanceRow(item),
  ];
  return {
    entities: sorted(document.layers[SPANS].labels.map(label)),
    sentiment: sorted(document.layers[CLASSES].labels.map(label)),
    rejected: sorted(rejectedIn(document).map((item) => [item.task, item.question, label(item)])),
    questions: sorted(
      document.questions.map((item) => {
        return [item.id, item.question, spans(answersIn(item.answers)), spans(item.plausible), provenanceRow(item)];
      }),
    ),
  };
}
