/** Bringing text into view. Offsets are UTF-16 code units. */
import { Range, Selection, TextEditorRevealType, window } from "vscode";
import type { TextDocument, TextEditor } from "vscode";
import type { Span } from "../../text/span";

/** The editor of a document, in front; `preserveFocus`: the keyboard stays where it is. */
export async function show(document: TextDocument, { preserveFocus = false } = {}): Promise<TextEditor> {
  const open = window.visibleTextEditors.find((editor) => editor.document === document);
  return window.showTextDocument(document, {
    preserveFocus,
    ...(open?.viewColumn !== undefined && { viewColumn: open.viewColumn }),
  });
}

/** Puts the cursor at a span, or selects it, and scrolls there if need be. */
export function reveal(editor: TextEditor, span: Span, select = false): void {
  const start = editor.document.positionAt(span.start);
  const end = editor.document.positionAt(span.end);
  editor.selection = new Selection(start, select ? end : start);
  editor.revealRange(new Range(start, end), TextEditorRevealType.InCenterIfOutsideViewport);
}
