/** Reports in Markdown, shown rendered: tables to read, not documents to label or to save. */
import { commands, ViewColumn, window, workspace } from "vscode";
import type { Disposable, WebviewPanel } from "vscode";
import { newEnglishFrame } from "./frame";
import { pageHtml } from "./page";

const STYLE = `
body { max-width: 70em; }
table { margin: 1em 0; }
th, td { padding: .25em 1em .25em 0; overflow-wrap: anywhere; }
code { font-family: var(--vscode-editor-font-family); }`;

/** Losses of each kind that a page lists, the rest being counted: it is rendered in the extension host. */
export const MOST_LOSSES = 1000;

/** Panels with a report each. One of a name; showing it again replaces what it shows. */
export class Reports implements Disposable {
  readonly #panels = new Map<string, WebviewPanel>();

  /** Shows a text in Markdown under a name. The keyboard stays where it is: what is asked next needs it. */
  async show(name: string, markdown: string): Promise<void> {
    // The editor's Markdown extension can be switched off.
    const body = await Promise.resolve(commands.executeCommand<string>("markdown.api.render", markdown)).catch(
      () => undefined,
    );
    if (body === undefined) {
      const document = await workspace.openTextDocument({ language: "markdown", content: markdown });
      await window.showTextDocument(document, { preview: true, preserveFocus: true });
      return;
    }
    const panel = this.#panels.get(name) ?? this.#open(name);
    panel.webview.html = pageHtml({ title: name, body, style: STYLE }, newEnglishFrame());
    panel.reveal(undefined, true);
  }

  #open(name: string): WebviewPanel {
    const place = { viewColumn: ViewColumn.Active, preserveFocus: true };
    const options = { enableScripts: false, localResourceRoots: [], enableFindWidget: true };
    const panel = window.createWebviewPanel("glossator.report", name, place, options);
    this.#panels.set(name, panel);
    panel.onDidDispose(() => this.#panels.delete(name));
    return panel;
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }
}
