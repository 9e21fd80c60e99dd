/** Which tasks run by themselves on a document: those that the model has and settings switch on, where the model reads the document's language. */
import { l10n } from "vscode";
import type { Uri } from "vscode";
import { AUTOMATIC_TASKS, isOfDocument } from "../../documents/tasks";
import type { AutomaticTask, Task } from "../../documents/tasks";
import { readsText } from "../../text/language";
import { languageSample } from "../../text/language-sample";
import * as config from "../base/config";
import type { EngineService } from "./engine-service";

/** Of the tasks that a model has, those that a document's sentences are labelled for. */
export function enabledTasks(offered: readonly Task[], uri: Uri): AutomaticTask[] {
  return AUTOMATIC_TASKS.filter(
    (task) => !isOfDocument(task) && offered.includes(task) && config.taskSetting(task, uri).enabled,
  );
}

/** The tasks of one document, by its text of the moment. It need not be open. */
export class RunningTasks {
  /** Whether the model reads the language, and of which text and languages that was found. */
  #reads: { readonly start: string; readonly languages: string; readonly answer: boolean } | undefined;

  constructor(
    private readonly uri: Uri,
    /** As `layoutOf` has it. */
    private readonly layout: string,
    private readonly engine: EngineService,
  ) {}

  /** Those that run. */
  on(text: string): AutomaticTask[] {
    return this.#enabled().filter((task) => this.#readsFor(task, text));
  }

  /** Why none runs though some are switched on: the model does not read the language. Else undefined. */
  unread(text: string): string | undefined {
    const tasks = this.#enabled();
    if (tasks.length === 0 || tasks.some((task) => this.#readsFor(task, text))) return undefined;
    return l10n.t(
      "This text is not in English, the language the model reads, so it is left unmarked (glossator.otherLanguages).",
    );
  }

  #enabled(): AutomaticTask[] {
    return enabledTasks(this.engine.info?.tasks ?? [], this.uri);
  }

  #readsFor(task: AutomaticTask, text: string): boolean {
    const languages = this.engine.info?.languages?.[task];
    if (languages === undefined || config.labelsOtherLanguages(this.uri)) return true;
    const start = languageSample(text, this.layout);
    const key = languages.join();
    if (this.#reads?.start !== start || this.#reads.languages !== key)
      this.#reads = { start, languages: key, answer: readsText(languages, start) };
    return this.#reads.answer;
  }
}
