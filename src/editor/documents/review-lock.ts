/** Review Mode keeps documents as they are: a key that no command has would otherwise be typed into the text. */
import { commands, window } from "vscode";
import type { Disposable, TextEditor } from "vscode";
import { getContext, onDidChangeContext } from "../base/context-keys";
import { background } from "../base/log";
import type { Sessions } from "./sessions";

/**
 * Makes documents read-only in the editor while Review Mode is on, which stops every way to change them: keys, paste, input methods,
 * drag and drop. Only the editor in front can be made so or set free, so a document that was left behind is set free when it comes back.
 * The labels are no part of the text.
 */
export class ReviewLock implements Disposable {
  readonly #locked = new Set<string>();
  readonly #disposables: Disposable[];

  constructor(private readonly sessions: Sessions) {
    this.#disposables = [
      onDidChangeContext((key) => {
        // A document's session may come after its editor.
        if (key === "reviewMode" || key === "active") this.#tend(window.activeTextEditor);
      }),
      window.onDidChangeActiveTextEditor((editor) => this.#tend(editor)),
    ];
  }

  dispose(): void {
    for (const item of this.#disposables) item.dispose();
  }

  #tend(editor: TextEditor | undefined): void {
    if (editor === undefined) return;
    const uri = editor.document.uri.toString();
    const wanted = getContext("reviewMode") === true && this.sessions.get(editor.document) !== undefined;
    if (wanted === this.#locked.has(uri)) return;
    if (wanted) this.#locked.add(uri);
    else this.#locked.delete(uri);
    const command = wanted ? "setActiveEditorReadonlyInSession" : "resetActiveEditorReadonlyInSession";
    background("read-only in Review Mode", commands.executeCommand(`workbench.action.files.${command}`));
  }
}
