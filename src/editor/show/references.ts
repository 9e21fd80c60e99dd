/** At a label: every label on the same words in the open documents, for *Go to References* and its list. */
import { Location, Range } from "vscode";
import type { CancellationToken, Position, ReferenceProvider, TextDocument } from "vscode";
import { isLabelTask } from "../../documents/tasks";
import { inSlices } from "../../text/slices";
import type { Catalog } from "../documents/catalog";
import { comparableWith, labelsOn } from "../documents/mentions";
import type { Sessions } from "../documents/sessions";
import { annotationsAt } from "../documents/targets";

/** So many places are listed. */
const MOST = 2000;

/** Labels that are decided and those that are suggested, whatever they say: a list of places has no names of labels. */
export class LabelReferences implements ReferenceProvider {
  constructor(
    private readonly sessions: Sessions,
    private readonly catalog: Catalog,
  ) {}

  async provideReferences(
    document: TextDocument,
    position: Position,
    _: unknown,
    token: CancellationToken,
  ): Promise<Location[]> {
    const session = this.sessions.get(document);
    if (session?.labels === undefined) return [];
    const here = annotationsAt(session.labels, document.offsetAt(position)).find(({ task }) => isLabelTask(task));
    if (here === undefined || !isLabelTask(here.task)) return [];
    const words = session.text.slice(here.span.start, here.span.end);
    const stop = new AbortController();
    const listener = token.onCancellationRequested(() => stop.abort());
    try {
      const found: Location[] = [];
      for (const other of comparableWith(this.sessions, this.catalog, session))
        for (const { span } of await inSlices(labelsOn(other, here.task, words), stop.signal)) {
          if (found.length === MOST) return found;
          const { document: of } = other;
          found.push(new Location(of.uri, new Range(of.positionAt(span.start), of.positionAt(span.end))));
        }
      return found;
    } catch (error) {
      if (stop.signal.aborted) return [];
      throw error;
    } finally {
      listener.dispose();
    }
  }
}
