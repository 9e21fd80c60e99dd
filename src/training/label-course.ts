/** A task with labels as a job teaches it. */
import type { EncoderManifest } from "../model/manifest/manifest";
import type { SessionSettings } from "../model/network/network";
import { batchesOf } from "./batches";
import type { Course } from "./course";
import { decisionsOf } from "./examples/example";
import { hashOf } from "./hash";
import type { Lesson } from "./lesson";
import { Measuring } from "./measure";
import { batchOf, heldRow } from "./rows";

/** The course of a lesson. */
export function labelCourse(lesson: Lesson, manifest: EncoderManifest, session: SessionSettings): Course {
  const { task, outputs, pairs, rows, folds, left } = lesson;
  const measuring = new Measuring(lesson, manifest, session);
  const examples = pairs.map(({ example }) => example);
  const held = lesson.replayed.map((text) => heldRow(text, outputs));
  return {
    ...{ task, folds, left, examples: rows.length },
    record: {
      decisions: examples.reduce((sum, example) => sum + decisionsOf(example), 0),
      ...{ examples: examples.length, examplesHash: hashOf(examples) },
      newLabels: Object.fromEntries(outputs.like),
    },
    served: { decoder: task, change: outputs.change, served: outputs.served.map((row) => outputs.all[row]!) },
    batches: (numbers) => {
      const taught = numbers.map((i) => rows[i]!);
      return {
        labels: outputs.change,
        taught: batchesOf(taught, (some) => batchOf(task, some, outputs.served), outputs.served),
        held: batchesOf(held, (some) => batchOf(task, some, outputs.held), outputs.held),
      };
    },
    measure: (parameters, numbers) => measuring.fold(parameters, numbers),
    verdict: (parameters, after, seed) => measuring.verdict(parameters, measuring.heldOut(after), seed),
  };
}
