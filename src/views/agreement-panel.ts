/** The agreement report beside the editors. One panel, brought up to date by every comparison. */
import { l10n, ViewColumn, window } from "vscode";
import type { WebviewPanel } from "vscode";
import type { Agreement } from "../labels/agreement/agreement";
import type { Disagreement } from "../labels/agreement/disagreements";
import { agreementHtml } from "./agreement-html";
import type { LeftOut } from "./agreement-html";
import { newFrame } from "./frame";

/** Commands that links in the page may run. */
const LINKS = ["glossator.nextDisagreement", "glossator.showDisagreements"];

/** Owner of the panel; what it shows is set before it is shown. */
export class AgreementPanel {
  #panel: WebviewPanel | undefined;
  #html = "";

  /** Takes a comparison's results. */
  update(agreement: Agreement, disagreements: readonly Disagreement[], leftOut: LeftOut): void {
    this.#html = agreementHtml(agreement, disagreements, leftOut, l10n, newFrame());
    if (this.#panel !== undefined) this.#panel.webview.html = this.#html;
  }

  /** Opens the panel, or brings it to the front. */
  show(): void {
    if (this.#panel === undefined) {
      const options = {
        enableScripts: false,
        enableCommandUris: LINKS,
        localResourceRoots: [],
        enableFindWidget: true,
      };
      this.#panel = window.createWebviewPanel("glossator.agreement", l10n.t("Agreement"), ViewColumn.Active, options);
      this.#panel.onDidDispose(() => (this.#panel = undefined));
    }
    this.#panel.webview.html = this.#html;
    this.#panel.reveal();
  }
}
