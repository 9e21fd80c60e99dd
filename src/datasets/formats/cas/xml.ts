/** XML as events, for the files of UIMA: nothing of a document is expanded, and nothing is fetched. */
import { SaxesParser } from "saxes";
import type { SaxesTagNS } from "saxes";

/** Deeper elements are in no file of UIMA; names of namespaces are looked up through all elements around. */
const DEEPEST = 100;

/** An element without its content. */
export interface XmlElement {
  /** The namespace's URI; empty: none. */
  readonly uri: string;
  readonly local: string;
  /** Attributes by their names as written, with prefixes. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** What is told of a document, in its order. */
export interface XmlEvents {
  /** `depth`: 0 for the root. */
  open?(element: XmlElement, depth: number): void;
  /** The text of an element, without that of those in it, once it ends. */
  close?(text: string, depth: number): void;
}

/** Where a document is not as XML must be. */
export interface XmlProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
}

class Stop extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

/**
 * Reads a document; gives back where it stops being well-formed, undefined if nowhere. What comes before was told. A document type declares
 * entities, which may stand for gigabytes or for files; none is read.
 */
export function readXml(text: string, events: XmlEvents): XmlProblem | undefined {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const texts: string[] = [];
  parser.on("error", ({ message }) => {
    // The line is told apart.
    throw new Stop(message.replace(/^\d+:\d+: /, ""));
  });
  parser.on("doctype", () => {
    throw new Stop("it has a DOCTYPE, and none is read");
  });
  parser.on("opentag", ({ uri, local, attributes }: SaxesTagNS) => {
    if (texts.length > DEEPEST) throw new Stop(`its elements lie more than ${DEEPEST} deep in each other`);
    const named = Object.entries(attributes).map(([name, { value }]) => [name, value] as const);
    events.open?.({ uri, local, attributes: new Map(named) }, texts.length);
    texts.push("");
  });
  const add = (more: string): void => {
    if (texts.length > 0) texts.push(texts.pop()! + more);
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    const of = texts.pop() ?? "";
    events.close?.(of, texts.length);
  });
  try {
    parser.write(text).close();
    return undefined;
  } catch (error) {
    if (error instanceof Stop) return { line: parser.line, reason: error.reason };
    throw error;
  }
}
