/** The command that has all files of a language labelled: the language of the document in front. */
import { l10n, window } from "vscode";
import { LabelsError } from "../../labels/contract";
import { isJsonLines } from "../../text/blocks";
import { codeSyntax } from "../../text/code/syntax";
import type { CommandTable } from "../base/command-table";
import * as config from "../base/config";
import { sayInStatus } from "../base/messages";
import type { Sessions } from "../documents/sessions";
import type { Parts } from "./parts";

/** Milliseconds for which it is said what was set. */
const SAID = 6000;

async function labelLanguage(sessions: Sessions): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined) throw new LabelsError(l10n.t("Open a file of the language first."));
  const { languageId } = document;
  if (!sessions.isOtherLanguage(document))
    throw new LabelsError(
      sessions.reasonAgainst(document) ??
        l10n.t('Files of the language "{0}" are labelled already (glossator.languages).', languageId),
    );
  await config.setLanguages([...config.languages(), languageId]);
  sayInStatus(
    isJsonLines(languageId)
      ? l10n.t('Texts in "{0}" are labelled from now on.', languageId)
      : codeSyntax(languageId)
        ? l10n.t('Comments in "{0}" are labelled from now on.', languageId)
        : l10n.t('Files in "{0}" are labelled from now on.', languageId),
    SAID,
  );
}

/** *Label Files of This Language*. */
export const labelLanguageCommands = ({ sessions }: Parts): CommandTable => ({
  labelLanguage: () => labelLanguage(sessions),
});
