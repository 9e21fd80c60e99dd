/** Review Mode keeps documents as they are: a key that no command has would otherwise be typed into the text. */
import { commands, window } from "vscode";
import type { Disposable, Memento, TextEditor } from "vscode";
import { fileOf } from "../base/cells";
import { getContext, onDidChangeContext, setContext } from "../base/context-keys";
import { background, log } from "../base/log";
import type { Sessions } from "./sessions";

/** Where the addresses of locked documents are kept: an extension host that is started anew, as after an update, finds them still locked in its window. */
const LOCKED = "reviewMode.locked";

/**
 * Makes documents read-only in the editor while Review Mode is on, which stops every way to change them: keys, paste, input methods,
 * drag and drop. Only the editor in front can be made so or set free, so a document that was left behind is set free when it comes back.
 * A notebook is locked as a whole. The labels are no part of the text.
 */
export class ReviewLock implements Disposable {
  readonly #locked = new Set<string>();
  /** To be set free when they come to the front: locked by the extension host before this one, or left before the editor could be told. */
  readonly #left: Set<string>;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #disposables: Disposable[];
  /** Whether the mode was entered last, or left. */
  #on = false;
  #turn = 0;

  constructor(
    private readonly sessions: Sessions,
    private readonly memory: Memento,
  ) {
    this.#left = new Set(memory.get<string[]>(LOCKED, []));
    // The window may still have the mode of the host before.
    setContext("reviewMode", false);
    this.#disposables = [
      onDidChangeContext((key) => {
        // A document's session may come after its editor.
        if (key === "reviewMode" || key === "active") this.#follow(window.activeTextEditor);
      }),
      window.onDidChangeActiveTextEditor((editor) => this.#follow(editor)),
      window.onDidChangeActiveNotebookEditor(() => this.#follow(window.activeTextEditor)),
    ];
  }

  /** Whether Review Mode is on, or about to be. */
  get on(): boolean {
    return this.#on;
  }

  /** Begins Review Mode. */
  enter(): Promise<void> {
    return this.#change(true);
  }

  /** Resolves when the document in front is locked, if the mode is on. */
  follow(): Promise<void> {
    return this.#tend(window.activeTextEditor);
  }

  /** Ends Review Mode. */
  leave(): Promise<void> {
    return this.#change(false);
  }

  dispose(): void {
    for (const item of this.#disposables) item.dispose();
  }

  /** The document in front is locked, or set free, before anything says that the mode is on, or off: a key that comes in between would be typed, or lost. */
  async #change(on: boolean): Promise<void> {
    this.#on = on;
    const turn = ++this.#turn;
    try {
      await this.#tend(window.activeTextEditor, on);
    } catch (error) {
      // The mode is not entered over a text that takes keys, and is left in any case.
      if (turn === this.#turn) this.#on = false;
      if (on) throw error;
      log.warn(`read-only in Review Mode: ${String(error)}`);
    }
    if (turn === this.#turn) setContext("reviewMode", on);
  }

  #follow(editor: TextEditor | undefined): void {
    background("read-only in Review Mode", this.#tend(editor));
  }

  async #tend(editor: TextEditor | undefined, mode = getContext("reviewMode") === true): Promise<void> {
    const uri = inFront(editor);
    if (uri === undefined) return;
    // Not by its session: that is made anew when the label set changes, and keys must not reach the text meanwhile. A notebook in which no cell is
    // edited stays as it is while the mode is on.
    const wanted =
      mode &&
      (editor === undefined ? this.#locked.has(uri) : this.sessions.reasonAgainst(editor.document) === undefined);
    // Locking is said again whenever the editor comes to the front: the user may have been faster than the command the time before.
    if (!wanted && !this.#locked.has(uri) && !this.#left.has(uri)) return;
    this.#left.delete(uri);
    if (wanted) this.#locked.add(uri);
    else this.#locked.delete(uri);
    void this.memory.update(LOCKED, [...this.#locked, ...this.#left]);
    const command = wanted ? "setActiveEditorReadonlyInSession" : "resetActiveEditorReadonlyInSession";
    // One after the other: the editor puts off a command that it runs for the first time, and the next one would overtake it.
    this.#queue = this.#queue
      .catch(() => undefined)
      .then(() => commands.executeCommand(`workbench.action.files.${command}`));
    await this.#queue;
    // The command is about the editor that is in front when it runs: if the user was faster, this document is still to be set free.
    if (wanted || inFront(window.activeTextEditor) === uri) return;
    this.#left.add(uri);
    void this.memory.update(LOCKED, [...this.#locked, ...this.#left]);
  }
}

/** The address of the file in front; a notebook's, too, in which no cell is edited. */
function inFront(editor: TextEditor | undefined): string | undefined {
  return (editor === undefined ? window.activeNotebookEditor?.notebook.uri : fileOf(editor.document))?.toString();
}
