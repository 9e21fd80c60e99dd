/** Which lines were reviewed, as bars in the gutter: whole where all sentences of a line were read, broken where some were. Offsets are UTF-16 code units. */
import { DecorationRangeBehavior, Range, Uri, window } from "vscode";
import type { Disposable, TextEditor, TextEditorDecorationType } from "vscode";
import type { Span } from "../../text/span";
import { covered } from "../../text/spans";
import { visibleIn } from "../base/visible";
import type { DocumentSession } from "../documents/session";

/** Of a line with more sentences than these the first ones tell. */
const MOST_SENTENCES = 500;
/** Contrast of 4.5 and more to the editor's own backgrounds; high contrast takes these, too. */
const COLOURS = { light: "#1a7f37", dark: "#7bd88f" } as const;
const SHAPES = {
  whole: '<rect x="7" width="3" height="16"/>',
  part: '<rect x="7" width="3" height="4"/><rect x="7" y="8" width="3" height="4"/>',
} as const;

type Shape = keyof typeof SHAPES;

function icon(shape: Shape, fill: string): Uri {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" preserveAspectRatio="none" fill="${fill}">${SHAPES[shape]}</svg>`;
  return Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`);
}

function type(shape: Shape): TextEditorDecorationType {
  const of = (fill: string): { gutterIconPath: Uri } => ({ gutterIconPath: icon(shape, fill) });
  return window.createTextEditorDecorationType({
    light: of(COLOURS.light),
    dark: of(COLOURS.dark),
    gutterIconSize: "contain",
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  });
}

/** Draws the bars. */
export class ReviewedLines implements Disposable {
  readonly #types = { whole: type("whole"), part: type("part") };
  readonly #drawn = new WeakMap<TextEditor, string>();

  /** Lines with a bar in an editor as they were last drawn, from 0, for the test interface. */
  drawn(editor: TextEditor): string {
    return this.#drawn.get(editor) ?? "";
  }

  /** Shows what was reviewed of what is on the screen; without a session, nothing. */
  draw(editor: TextEditor, session: DocumentSession | undefined): void {
    const lines = session === undefined ? new Map<number, Shape>() : linesOf(editor, session);
    const of = (shape: Shape): number[] => [...lines].flatMap(([line, drawn]) => (drawn === shape ? [line] : []));
    const signature = `${of("whole").join(",")}|${of("part").join(",")}|${editor.document.version}`;
    if (this.#drawn.get(editor) === signature) return;
    this.#drawn.set(editor, signature);
    for (const shape of ["whole", "part"] as const)
      editor.setDecorations(
        this.#types[shape],
        of(shape).map((line) => new Range(line, 0, line, 0)),
      );
  }

  dispose(): void {
    for (const shape of Object.values(this.#types)) shape.dispose();
  }
}

function linesOf(editor: TextEditor, session: DocumentSession): Map<number, Shape> {
  const { document } = editor;
  const lines = new Map<number, Shape>();
  const { reviewed } = session;
  if (reviewed.length === 0) return lines;
  const { start, end } = visibleIn(editor);
  const last = document.positionAt(end).line;
  for (let line = document.positionAt(start).line; line <= last; line++) {
    const { range, isEmptyOrWhitespace } = document.lineAt(line);
    if (isEmptyOrWhitespace) continue;
    const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
    const shape = shapeOf(session, span, reviewed);
    if (shape !== undefined) lines.set(line, shape);
  }
  return lines;
}

function shapeOf(session: DocumentSession, line: Span, reviewed: readonly Span[]): Shape | undefined {
  let [read, all] = [0, 0];
  // Drawing cuts nothing: a long line may take seconds. Once it is cut, it is drawn anew.
  for (const sentence of session.knownSentences(line)) {
    if (sentence.end <= line.start || sentence.start >= line.end) continue;
    if (sentence.text === undefined) return undefined;
    if (++all > MOST_SENTENCES) break;
    if (covered(reviewed, sentence)) read++;
  }
  if (read === 0) return undefined;
  return read === all ? "whole" : "part";
}
