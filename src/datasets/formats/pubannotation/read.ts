/**
 * Reads PubAnnotation's JSON (pubannotation.org/docs/annotation-format), also that of TextAE and PubTator: a text with denotations, alone, in a list, or a line
 * each. Offsets are code points; TextAE's are UTF-16 units.
 */
import { SPANS } from "../../../documents/tasks";
import type { Span } from "../../../text/span";
import type { Details } from "../../../documents/labelled";
import { addTo } from "../../../text/grouped";
import { attributesOf } from "../../codecs/attributes";
import { rowReader } from "../../codecs/texts";
import type { RawLabel, RawRelation, RawText } from "../../codecs/texts";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import type { Input } from "../../reading/drive";
import { JSON_FILE } from "../../reading/json";
import { labelName } from "../../reading/label-names";
import type { RowPlace } from "../../reading/ledger";
import {
  anything,
  anyText,
  list,
  mapped,
  number,
  object,
  oneOrMore,
  perhaps,
  take,
  text,
  textOrNumber,
} from "../../reading/shape";
import type { Of } from "../../reading/shape";

const SPAN = mapped(object({ begin: number, end: number }, "begin", "end"), ({ begin, end }): Span => ({
  start: begin,
  end,
}));
/** A label on one span, or on several that belong together. */
const DENOTATION = object({ id: perhaps(textOrNumber), span: oneOrMore(SPAN), obj: anything }, "span");
/** What joins denotations. */
const RELATION = object({ pred: perhaps(textOrNumber), subj: perhaps(textOrNumber), obj: perhaps(textOrNumber) });
/** What is said of denotations. */
const SAID = perhaps(list(perhaps(object({ pred: perhaps(textOrNumber), obj: perhaps(textOrNumber) }))));
/** What one denotation says besides. */
const ATTRIBUTE = object({ subj: perhaps(textOrNumber), pred: perhaps(textOrNumber), obj: anything });

const ANNOTATIONS = {
  ...{ project: perhaps(text), denotations: list(DENOTATION) },
  ...{
    relations: perhaps(list(perhaps(RELATION))),
    attributes: perhaps(list(perhaps(ATTRIBUTE))),
    modifications: SAID,
    blocks: SAID,
  },
};
const TRACK = object(ANNOTATIONS);
const FIELDS = {
  ...{
    text: anyText,
    target: perhaps(text),
    sourcedb: perhaps(text),
    sourceid: perhaps(textOrNumber),
    divid: perhaps(textOrNumber),
  },
  ...ANNOTATIONS,
  // What each of several projects has on one text.
  tracks: list(TRACK),
};
const ROW = object(FIELDS);
/** What says how annotations look. */
const STYLE = ["namespaces", "config", "typesettings"];

type Annotations = Of<typeof TRACK>;

/** The document's name, as PubAnnotation calls its files: source, id, part. */
function pathOf({ sourcedb, sourceid, divid }: Of<typeof ROW>): string | undefined {
  if (sourceid === undefined) return undefined;
  return [sourcedb, sourceid, divid].filter((part) => part !== undefined).join("-");
}

class RowReader {
  readonly labels: RawLabel[] = [];
  readonly relations: RawRelation[] = [];
  #tracks = 0;

  constructor(
    private readonly at: RowPlace,
    private readonly document: string | undefined,
    private readonly input: Input,
  ) {}

  #lose(reason: string, of: Partial<Loss> = {}): void {
    const document = this.document === undefined ? {} : { document: this.document };
    this.input.losses.push({ kind: "dropped", ...this.at, ...document, ...of, reason });
  }

  #denotation(
    { id = "", span: pieces, obj }: Of<typeof DENOTATION>,
    by: Details,
    said: Map<string, (readonly [name: string, value: unknown])[]>,
  ): void {
    const { options } = this.input;
    const { name, problem } = labelName(obj, options.names?.[SPANS]);
    if (problem !== undefined) this.#lose(problem, { kind: name === undefined ? "dropped" : "renamed", task: SPANS });
    if (name === undefined) return;
    const of = { task: SPANS, label: name } as const;
    if (pieces.length === 0) {
      this.#lose("a denotation without a span", of);
      return;
    }
    const span = {
      start: Math.min(...pieces.map(({ start }) => start)),
      end: Math.max(...pieces.map(({ end }) => end)),
    };
    if (pieces.length > 1) {
      const said = `${pieces.length} pieces`;
      if (options.misaligned === "refuse") {
        const cure = "a label here is of one piece (--misaligned snap takes it from the first to the last)";
        this.#lose(`a denotation of ${said}: ${cure}`, of);
        return;
      }
      this.#lose(`${said}: labelled from the first to the last`, { ...of, kind: "snapped" });
    }
    const says = attributesOf(said.get(id) ?? [], (reason) => this.#lose(reason, of));
    said.delete(id);
    const called = id === "" ? {} : { id: this.#idOf(id) };
    this.labels.push({ task: SPANS, ...called, span, label: name, by: [{ ...by, ...says }] });
  }

  /** Each track has ids of its own. */
  #idOf(id: string): string {
    return `${this.#tracks} ${id}`;
  }

  #relation({ pred, subj = "", obj = "" }: Of<typeof RELATION>, by: Details): void {
    if (pred === undefined) this.#lose("a relation without a pred");
    else this.relations.push({ type: pred, from: this.#idOf(subj), to: this.#idOf(obj), ...by });
  }

  take(one: Annotations, author = one.project): void {
    const said = new Map<string, (readonly [string, unknown])[]>();
    // What names no denotation is of none.
    for (const { subj = "?", pred = "", obj } of one.attributes ?? []) addTo(said, subj, [[pred, obj]]);
    const by = author === undefined ? {} : { author };
    this.#tracks++;
    for (const denotation of one.denotations ?? []) this.#denotation(denotation, by, said);
    for (const relation of one.relations ?? []) this.#relation(relation, by);
    const counts = new Map<string, number>();
    const count = (reason: string): void => void counts.set(reason, (counts.get(reason) ?? 0) + 1);
    for (const [name] of [...said.values()].flat())
      count(`the attribute "${excerpt(name)}" is of no denotation that was taken`);
    for (const kind of ["modifications", "blocks"] as const) {
      for (const { pred, obj } of one[kind] ?? []) {
        const name = kind === "blocks" ? obj : pred;
        count(`${kind} have no place here${name === undefined ? "" : ` ("${excerpt(name)}")`}`);
      }
    }
    for (const [reason, count] of counts) this.#lose(reason, { count });
  }
}

function readRow(value: unknown, at: RowPlace, input: Input): RawText | undefined {
  const row = take(ROW, value, at, input.losses);
  if (row?.text === undefined) {
    input.losses.push({ kind: "dropped", ...at, exact: excerpt(JSON.stringify(value)), reason: 'it has no "text"' });
    return undefined;
  }
  const path = pathOf(row);
  const reader = new RowReader(at, path, input);
  reader.take(row);
  for (const track of row.tracks ?? []) reader.take(track);
  const named = path === undefined ? {} : { path };
  const { labels, relations } = reader;
  return { ...at, ...named, text: row.text, kind: "whole", labels, relations, reviewed: [], rejected: [] };
}

/** The format. */
export const pubAnnotation: DatasetFormat = {
  title: "PubAnnotation JSON",
  holds: { ...HOLDS_ALL, relations: true, tasks: [SPANS], rejected: [], provenance: false, reviewed: "none" },
  extensions: ["json"],
  read: rowReader("There is no text with denotations", ["codepoint", "utf16"], (input) => ({
    take: (row, place) => readRow(row, place, input),
    finish: () => ({ fields: new Set([...Object.keys(FIELDS), ...STYLE]) }),
  })),
  signs: [
    {
      name: JSON_FILE,
      has: [/"denotations"\s*:\s*\[/],
      confidence: 0.95,
      says: "has denotations",
    },
    {
      name: JSON_FILE,
      has: [/"span"\s*:\s*[[{]\s*[{"]/, /"begin"\s*:\s*\d/, /"obj"\s*:/],
      confidence: 0.9,
      says: "has spans with an obj",
    },
  ],
};
