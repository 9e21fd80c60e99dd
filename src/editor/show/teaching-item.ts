/** The offer to teach, as an item of the status bar: never over the text, said once, gone when it is taken or declined. */
import { l10n, StatusBarAlignment, window } from "vscode";
import type { Subscription } from "../../labels/contract";
import { sayInStatus } from "../base/messages";
import type { TeachingOffer } from "../documents/teaching-offer";

/** Keeps the item up to date. */
export class TeachingItem implements Subscription {
  readonly #item = window.createStatusBarItem("glossator.teachingOffer", StatusBarAlignment.Right, 89);
  readonly #listener: Subscription;
  /** Why it is offered, as far as that was said. */
  #shown: "drift" | "decisions" | undefined;

  constructor(private readonly offer: TeachingOffer) {
    this.#item.name = l10n.t("Offer to Teach the Model");
    this.#item.text = `$(mortar-board) ${l10n.t("Teach?")}`;
    this.#item.command = "glossator.answerTeachingOffer";
    this.#listener = offer.onDidChange(() => this.#paint());
    this.#paint();
  }

  dispose(): void {
    this.#listener.dispose();
    this.#item.dispose();
  }

  #paint(): void {
    const { decisions, drift } = this.offer;
    if (decisions === undefined) {
      this.#item.hide();
      this.#shown = undefined;
      return;
    }
    const says = drift
      ? l10n.t(
          "You corrected or rejected {0} of the latest {1} suggestions, and {2} of {3} before. Teach the model by your decisions?",
          drift.recent.wrong,
          drift.recent.of,
          drift.before.wrong,
          drift.before.of,
        )
      : l10n.t("{0} decisions since the model was last taught. Teach it by them?", decisions);
    this.#item.tooltip = says;
    this.#item.accessibilityInformation = { label: l10n.t("Glossator: {0}", says), role: "button" };
    this.#item.show();
    const why = drift ? "drift" : "decisions";
    if (this.#shown !== why) sayInStatus(says, 8000);
    this.#shown = why;
  }
}
