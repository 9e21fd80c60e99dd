/** What is on the screen. Offsets are UTF-16 code units. */
import { Position, window } from "vscode";
import type { TextDocument, TextEditor } from "vscode";
import type { Span } from "../../text/span";

/** What an editor shows and a screen above and below. Folded stretches between are included. */
export function visibleIn(editor: TextEditor): Span {
  const { document, visibleRanges } = editor;
  const first = visibleRanges[0]?.start.line ?? 0;
  const last = visibleRanges.at(-1)?.end.line ?? first;
  const screen = Math.max(20, last - first + 1);
  return {
    start: document.offsetAt(new Position(Math.max(0, first - screen), 0)),
    end: document.offsetAt(new Position(last + screen + 1, 0)),
  };
}

/** What the editors of a document show together; undefined if none does. */
export function visibleSpan(document: TextDocument): Span | undefined {
  const spans = window.visibleTextEditors.filter((editor) => editor.document === document).map(visibleIn);
  if (spans.length === 0) return undefined;
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) };
}
