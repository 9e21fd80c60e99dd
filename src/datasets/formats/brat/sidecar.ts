/** Reads `glossator.json`, which keeps what brat's own files cannot. */
import type { LabelTask } from "../../../documents/tasks";
import { SIDECAR } from "./names";
import type { RELATIONS } from "./names";
import { isRow, textOf } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import type { Loss } from "../../losses";
import type { DatasetFiles } from "../../format";

/** `glossator.json`, and the folder it is in. */
export interface Sidecar {
  readonly root: string;
  readonly documents: Row;
  readonly labels: Row;
}

/** Finds and reads it; empty where there is none. */
export function sidecarOf(files: DatasetFiles, losses: Loss[]): Sidecar {
  for (const file of files.keys()) {
    if (file !== SIDECAR && !file.endsWith(`/${SIDECAR}`)) continue;
    const text = textOf(files, file, losses);
    if (text === undefined) continue;
    try {
      const value: unknown = JSON.parse(text);
      if (!isRow(value) || value["format"] !== "brat") continue;
      const { documents, labels } = value;
      const root = file.slice(0, -SIDECAR.length);
      return { root, documents: isRow(documents) ? documents : {}, labels: isRow(labels) ? labels : {} };
    } catch (error) {
      const reason = `not JSON, or cut off (${(error as Error).message}): document paths and reviewed stretches are not known`;
      losses.push({ kind: "dropped", file, line: 1, reason });
    }
  }
  return { root: "", documents: {}, labels: {} };
}

/** A property that is the object's own. */
export const own = (row: Row, name: string): unknown => (Object.hasOwn(row, name) ? row[name] : undefined);

/** The label, or the type of relation, that a type stands for. */
export function labelOf({ labels }: Sidecar, task: LabelTask | typeof RELATIONS, type: string): string {
  const map = own(labels, task);
  const name = isRow(map) ? own(map, type) : undefined;
  return typeof name === "string" && name !== "" ? name : type;
}
