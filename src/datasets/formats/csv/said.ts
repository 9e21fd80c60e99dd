/** What a row says of a label beside its name and place. */
import type { Details, Provenance } from "../../../documents/labelled";
import { ATTRIBUTES, readAttributes } from "../../codecs/attributes";
import { provenanceOf } from "../../codecs/provenance";
import type { Loss } from "../../losses";
import { take } from "../../reading/shape";
import type { Column } from "./columns";
import type { CsvRow } from "./rows";

/** Who decided what a row says, when, and with which model. */
export function provenanceIn({ cell }: CsvRow): Provenance {
  const said = (column: Column): string | undefined => (cell(column) === "" ? undefined : cell(column));
  const [name, score] = [said("model"), said("score")];
  return provenanceOf({
    author: said("author"),
    time: said("time"),
    model: name === undefined ? undefined : { name, version: cell("model_version") },
    score: score === undefined ? undefined : Number(score),
  });
}

/** What a cell of ours has of attributes; what is none is told of. */
export function attributesIn({ cell, file, line }: CsvRow, losses: Loss[]): Pick<Details, "attributes"> {
  if (cell("attributes") === "") return {};
  try {
    return readAttributes(take(ATTRIBUTES, JSON.parse(cell("attributes")), { file, line }, losses, "attributes"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    losses.push({
      kind: "dropped",
      file,
      line,
      reason: "the cell of attributes is no JSON: nothing was taken from it",
    });
    return {};
  }
}
