/** Done, next: the sentence was read, and what it has no label for it has none. */
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { covered } from "../../text/spans";
import type { CommandTable } from "../base/command-table";
import { excerpt } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { undecided } from "../documents/read";
import { front, selected } from "../documents/targets";
import type { Parts } from "./parts";
import { step } from "./walk";

/** The command. */
export function readCommands(parts: Parts): CommandTable {
  const { sessions, walk } = parts;
  return {
    doneNext: async () => {
      const at = front(sessions);
      const { session, labels } = at;
      const offset = walk.get(at)?.span.start ?? walk.sentence(at)?.start ?? selected(at.editor).start;
      const sentence = session.sentenceAt(offset);
      if (sentence === undefined) throw new LabelsError(l10n.t("There is no sentence at the cursor."));
      const { tasks } = session;
      if (tasks.length === 0) throw new LabelsError(l10n.t("No task is switched on, or the model is not ready."));
      if (!session.isLabelled(sentence))
        throw new LabelsError(l10n.t("The model has not read this sentence yet: try again in a moment."));
      // What the model said of text that is out of sight may not be placed yet.
      session.place([sentence]);
      const left = undecided(at, sentence, tasks);
      const what = excerpt(session.text.slice(sentence.start, sentence.end), 40);
      if (left.length > 0) {
        const act = labels.reject(...left);
        act.saved.catch(() => undefined);
        labels.alsoReviewed(act, [sentence], ...tasks).saved.catch(() => undefined);
        const said = plural(
          left.length,
          l10n.t('read: "{0}"; the suggestion that was left is rejected', what),
          l10n.t('read: "{0}"; the {1} suggestions that were left are rejected', what, left.length),
        );
        sayInStatus(said, 4000);
      } else if (!covered(session.reviewed, sentence)) {
        labels.markReviewed(sentence, ...tasks).saved.catch(() => undefined);
        sayInStatus(l10n.t('read: "{0}"', what), 4000);
      }
      await step(parts, at, 1, { quiet: true });
    },
  };
}
