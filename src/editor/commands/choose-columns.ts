/** Asks which columns of a table are to be taken for what. */
import { l10n } from "vscode";
import type { TableColumns } from "../../datasets/format";
import { pickOne, pickSome } from "../base/picks";
import { IMPORT_TITLE } from "./pick-import";

/** Names of columns by what they are taken for, as readers take them. */
export type Columns = Readonly<Record<string, string>>;

/** Of several columns one can be for each of these; tags may be in several. */
const SEVERAL = new Set(["tag"]);

/** Role by role; one that no column has is left open. Undefined if the user leaves. */
export async function chooseColumns({ columns, rows, roles }: TableColumns): Promise<Columns | undefined> {
  const chosen: Record<string, string> = {};
  for (const role of roles) {
    const items = columns.map(({ name, role: now, holds }, index) => ({
      label: name,
      description: holds,
      detail: rows.map((row) => row[index] ?? "").join(" · "),
      picked: now === role,
      name,
    }));
    const title = l10n.t("{0}: the column for {1}", IMPORT_TITLE, role);
    if (SEVERAL.has(role)) {
      const placeHolder = l10n.t("One, or several whose labels are all taken");
      const picked = await pickSome(items, { ignoreFocusOut: true, title, placeHolder });
      if (picked === undefined) return undefined;
      if (picked.length > 0) chosen[role] = picked.map(({ name }) => name).join("+");
      continue;
    }
    const none = {
      label: l10n.t("No column"),
      description: l10n.t("or the one that is found"),
      picked: false,
      name: "",
    };
    const first = items.filter(({ picked }) => picked);
    const rest = items.filter(({ picked }) => !picked);
    const picked = await pickOne(
      [...first, ...(first.length === 0 ? [none] : []), ...rest, ...(first.length > 0 ? [none] : [])],
      {
        ignoreFocusOut: true,
        title,
      },
    );
    if (picked === undefined) return undefined;
    if (picked.name !== "") chosen[role] = picked.name;
  }
  return chosen;
}
