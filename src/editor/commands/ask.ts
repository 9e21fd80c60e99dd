/** Commands that ask about a document and decide on the answers. */
import { l10n, ProgressLocation } from "vscode";
import type { Memento } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Answers, FoundAnswer } from "../documents/answers";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { excerpt, percent } from "../base/describe";
import { sayInStatus, showInformation } from "../base/messages";
import { askText, pickByKey } from "../base/picks";
import type { DocumentSession } from "../documents/session";
import { front, selectedText } from "../documents/targets";
import { withCancel } from "../base/with-cancel";
import { perCent } from "../../text/print";

const LAST_QUESTION = "lastQuestion";

/** Commands on questions. @param memory where the last question is remembered. */
export function askCommands({ sessions, answers }: Parts, memory: Memento): CommandTable {
  const asked = (): ReturnType<typeof front> & { question: string } => {
    const at = front(sessions);
    const question = answers.question(at.session);
    if (question === undefined) throw new LabelsError(l10n.t("Ask a question first: Ask About This File."));
    return { ...at, question };
  };
  const stepTo = async (by: 1 | -1): Promise<void> => {
    const { session } = asked();
    const next = await answers.step(session, by);
    if (next === undefined) throw new LabelsError(l10n.t("There are no answers on show."));
    const said = [excerpt(next.quote.exact), ...(next.score === undefined ? [] : [percent(next.score)])];
    sayInStatus(said.join(", "), 6000);
  };
  return {
    ask: async (given): Promise<readonly FoundAnswer[] | undefined> => {
      const { session } = front(sessions);
      const question =
        typeof given === "string"
          ? given
          : await askText({
              title: l10n.t("Ask About This File"),
              prompt: l10n.t("A question that the text answers in its own words"),
              value: memory.get(LAST_QUESTION, ""),
              validateInput: (value) => (value.trim() === "" ? l10n.t("Type a question.") : undefined),
            });
      if (question === undefined || question.trim() === "") return undefined;
      await memory.update(LAST_QUESTION, question);
      const { answers: found, closest } = await withCancel(
        { location: ProgressLocation.Notification, title: l10n.t("Looking for answers") },
        (progress, signal) =>
          answers.ask(session, question.trim(), signal, (done, total) =>
            progress.report({ message: l10n.t("{0} of {1} passages", done, total) }),
          ),
      );
      const [best] = found;
      if (best === undefined) {
        offerGuess(answers, session, question.trim(), closest);
        return [];
      }
      await answers.go(session, best);
      if (typeof given !== "string") await choose((answer) => answers.go(session, answer), found, question);
      return found;
    },
    nextAnswer: () => stepTo(1),
    previousAnswer: () => stepTo(-1),
    acceptAnswer: () => {
      const { session, labels } = asked();
      const current = answers.current(session);
      if (current === undefined) throw new LabelsError(l10n.t("There is no answer to accept."));
      if (current.status !== "suggested") throw new LabelsError(l10n.t("This answer is accepted already."));
      labels.accept(current.id).saved.catch(() => undefined);
      sayInStatus(l10n.t("answer accepted"), 4000);
    },
    correctAnswer: () => {
      const { editor, session, labels, question } = asked();
      const span = selectedText({ session, editor });
      if (span === undefined)
        throw new LabelsError(l10n.t('Select the right answer to "{0}" first.', excerpt(question)));
      labels.answer(question, [span]).saved.catch(() => undefined);
      sayInStatus(l10n.t("answer recorded"), 4000);
    },
    noAnswer: () => {
      const { labels, question } = asked();
      labels.answer(question, []).saved.catch(() => undefined);
      sayInStatus(l10n.t("recorded that the document has no answer"), 4000);
    },
    clearAnswers: () => answers.clear(front(sessions).session),
  };
}

/** Says that there is no answer; the best guess is shown only to those who ask for it. */
function offerGuess(
  answers: Answers,
  session: DocumentSession,
  question: string,
  closest: FoundAnswer | undefined,
): void {
  const { text } = session;
  if (closest === undefined) {
    void showInformation(l10n.t("No answer found."));
    return;
  }
  const action = l10n.t("Show Best Guess");
  const score = perCent(closest.score, 1);
  const said = l10n.t('No answer found; closest: "{0}", {1} %.', excerpt(closest.text), score);
  void showInformation(said, action).then(async (choice) => {
    // After an edit the guess may be about other text.
    if (choice !== action || session.text !== text) return;
    answers.show(session, question, [closest]);
    await answers.go(session, closest);
  });
}

/** Ranked answers to choose from. */
async function choose(
  go: (answer: FoundAnswer) => Promise<void>,
  found: readonly FoundAnswer[],
  question: string,
): Promise<void> {
  const items = found.map((answer) => ({
    label: excerpt(answer.text, 80),
    description: percent(answer.score),
    detail: excerpt(answer.context, 160),
    answer,
  }));
  const placeHolder = l10n.t("Choose an answer; next and previous answer go through them later");
  const chosen = await pickByKey(items, { title: question, placeHolder, matchOnDetail: true });
  if (chosen !== undefined) void go(chosen.answer);
}
