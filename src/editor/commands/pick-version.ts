/** The versions of a model as a list to choose from. */
import { l10n } from "vscode";
import { perCent } from "../../text/print";
import type { Version } from "../../training/versions";
import { pickOne } from "../base/picks";
import type { Choice } from "../base/picks";

/** A version to choose; `version` is undefined for the model as it came. */
export type VersionChoice = Choice & { readonly version: Version | undefined };

/** One of all versions, the latest first, and the model as it came; undefined if the user leaves. @param active the one that is used */
export async function pickVersion(
  all: readonly Version[],
  active: Version | undefined,
): Promise<VersionChoice | undefined> {
  const used = l10n.t("in use");
  const items = [...all].reverse().map((version): VersionChoice => {
    const { before, after } = version.verdict.all;
    const f1 = l10n.t("F1 {0} before, {1} after", perCent(before.f1, 1), perCent(after.f1, 1));
    const made = new Date(version.made).toLocaleString();
    return {
      ...{ icon: version.id === active?.id ? "check" : version.accepted ? "history" : "circle-slash", label: made },
      description: version.id === active?.id ? used : version.accepted ? "" : l10n.t("kept aside"),
      detail: `${version.task}, ${f1}`,
      version,
    };
  });
  const came: VersionChoice = {
    ...{ icon: active === undefined ? "check" : "home", label: l10n.t("The model as it came"), version: undefined },
    description: active === undefined ? used : "",
  };
  return pickOne([...items, came], { title: l10n.t("Model Versions"), placeHolder: l10n.t("Choose a version") });
}
