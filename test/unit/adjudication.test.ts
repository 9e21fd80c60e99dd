import { SPANS } from "../../src/documents/tasks";
import { staleIn } from "../../src/documents/layers";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { answersIn } from "../../src/documents/answers";
import type { PlacedLabel, PlacedVersion } from "../../src/labels/annotation";
import { annotatorLabels, eventsByAuthor } from "../../src/labels/agreement/annotators";
import { finish } from "../../src/text/slices";
import { LabelsError } from "../../src/labels/contract";
import type { EventSink } from "../../src/labels/contract";
import { disagreementsOf } from "../../src/labels/agreement/disagreements";
import type { Disagreement } from "../../src/labels/agreement/disagreements";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/log/journal";
import { decodeLine, encodeLine } from "../../src/labels/log/line";
import { parseLog } from "../../src/labels/log/read-log";
import { DocumentLabels } from "../../src/labels/store";

const TEXT = "Ada met Bob in Rome. It was bad.\n\nEve left.";

/** A sink that goes through the line format, as the disk would. */
class Log implements EventSink {
  lines = "";
  append(events: readonly DecisionEvent[]): Promise<void> {
    this.lines += events.map(encodeLine).join("");
    return Promise.resolve();
  }
  events(): readonly DecisionEvent[] {
    const { events, issues } = parseLog(this.lines, "log");
    assert.deepEqual(issues, []);
    return events;
  }
}

function on(exact: string, label = "answer", text = TEXT): PlacedLabel {
  const start = text.indexOf(exact);
  assert.ok(start >= 0, exact);
  return { start, end: start + exact.length, label };
}

function open(log: Log, author: string, text = TEXT): DocumentLabels {
  return new DocumentLabels({ text, author, sink: log, events: log.events() });
}

/** Two annotators who disagree on Rome, on the first sentence's sentiment is one opinion, and on a question. */
function setUp(): { ann: Log; bob: Log } {
  const [ann, bob] = [new Log(), new Log()];
  const first = open(ann, "ann");
  first.add("entities", on("Ada"), "PER");
  first.add("entities", on("Rome"), "LOC");
  first.add("sentiment", on("It was bad."), "negative");
  first.answer("Where?", [on("Rome")]);
  first.markReviewed({ start: 0, end: TEXT.length }, "entities");
  const second = open(bob, "bob");
  second.add("entities", on("Ada"), "PER");
  second.add("entities", on("in Rome"), "ORG");
  second.add("sentiment", on("It was bad."), "neutral");
  second.answer("Where?", []);
  second.markReviewed({ start: 0, end: TEXT.length }, "entities");
  return { ann, bob };
}

function disagreements(text: string, ...logs: Log[]): Disagreement[] {
  const authors = eventsByAuthor(logs.map((log) => log.events()));
  const annotators = [...authors].map(([author, events]) => finish(annotatorLabels(author, events, text)));
  const sentences = [on("Ada met Bob in Rome.", "", text), on("It was bad.", "", text), on("Eve left.", "", text)];
  return disagreementsOf({ path: "a.txt", annotators, words: [], sentences });
}

const state = (list: readonly Disagreement[]): string[] =>
  list.map(({ task, settled, outdated }) => `${task} ${settled ? "settled" : outdated ? "outdated" : "open"}`);

function settle(labels: DocumentLabels, found: Disagreement, version: PlacedVersion | readonly PlacedLabel[]): void {
  const { task, region, question, versions } = found;
  const of = "author" in version ? { labels: version.labels, chosen: version.author } : { labels: version };
  labels.adjudicate({ task, region, versions, ...of, ...(question !== undefined && { question }) });
}

const shown = (labels: DocumentLabels, text = TEXT): string[] =>
  labels.annotations().map(({ span, label, adjudication }) => {
    return `${text.slice(span.start, span.end)}/${label}${adjudication === undefined ? "" : "!"}`;
  });

describe("adjudication", () => {
  it("settles disagreements, leaves everybody's own decisions as they are, and survives a restart", () => {
    const { ann, bob } = setUp();
    const found = disagreements(TEXT, ann, bob);
    assert.deepEqual(state(found), ["entities open", "sentiment open", "answers open"]);
    const mine = open(ann, "ann");
    const [entities, sentiment, answers] = found;
    settle(mine, entities!, entities!.versions[1]!);
    settle(mine, sentiment!, [on("It was bad.", "positive")]);
    settle(mine, answers!, answers!.versions[0]!);
    const expected = ["Ada/PER", "in Rome/ORG!", "Rome/answer!", "It was bad./positive!"];
    assert.deepEqual(shown(mine), expected);
    assert.deepEqual(shown(open(ann, "ann")), expected);
    assert.equal(open(ann, "ann").adjudications()[0]?.chosen, "bob");
    const after = disagreements(TEXT, ann, bob);
    assert.deepEqual(state(after), ["entities settled", "sentiment settled", "answers settled"]);
    // What they said themselves is what it was: agreement is measured on it.
    assert.deepEqual(
      after.map(({ versions }) => versions),
      found.map(({ versions }) => versions),
    );
  });

  it("can be undone and brought back, after a restart too", () => {
    const { ann, bob } = setUp();
    const before = shown(open(ann, "ann"));
    const [entities] = disagreements(TEXT, ann, bob);
    settle(open(ann, "ann"), entities!, []);
    assert.deepEqual(shown(open(ann, "ann")), ["Ada/PER", "Rome/answer", "It was bad./negative"]);
    open(ann, "ann").undo();
    assert.deepEqual(shown(open(ann, "ann")), before);
    assert.equal(state(disagreements(TEXT, ann, bob))[0], "entities open");
    open(ann, "ann").redo();
    assert.equal(state(disagreements(TEXT, ann, bob))[0], "entities settled");
  });

  it("comes back into question when an annotator changes what was known", () => {
    const { ann, bob } = setUp();
    const [entities] = disagreements(TEXT, ann, bob);
    settle(open(ann, "ann"), entities!, entities!.versions[0]!);
    const second = open(bob, "bob");
    const rome = second.annotations().find(({ quote }) => quote.exact === "in Rome");
    second.relabel(rome!.id, "MISC");
    assert.equal(state(disagreements(TEXT, ann, bob))[0], "entities outdated");
  });

  it("is changed, and not the person's own decision, by what is done in settled text", () => {
    const { ann, bob } = setUp();
    const [entities] = disagreements(TEXT, ann, bob);
    const mine = open(ann, "ann");
    settle(mine, entities!, entities!.versions[0]!);
    const rome = (): string => mine.annotations({ task: "entities" }).find(({ adjudication }) => adjudication)!.id;
    mine.relabel(rome(), "MISC");
    mine.resize(rome(), on("in Rome"));
    mine.add("entities", on("Bob in"), "PER");
    assert.deepEqual(shown(mine).slice(0, 3), ["Ada/PER", "Bob in/PER!", "in Rome/MISC!"]);
    mine.remove(rome());
    assert.deepEqual(shown(mine).slice(0, 2), ["Ada/PER", "in Rome/MISC!"]);
    const kinds = ann
      .events()
      .slice(-5)
      .map(({ kind }) => kind);
    assert.deepEqual(new Set(kinds), new Set(["adjudicated"]));
    assert.equal(mine.adjudications().length, 1);
    assert.equal(finish(annotatorLabels("ann", ann.events(), TEXT)).layers.entities.labels.length, 2);
    assert.throws(() => mine.resize(mine.annotations()[0]!.id, on("Ada met Bob")), LabelsError);
    for (let i = 0; i < 5; i++) mine.undo();
    assert.deepEqual(shown(mine).slice(0, 2), ["Ada/PER", "Rome/LOC"]);
  });

  it("of a question is changed by answering it, and withdrawn with its last answer", () => {
    const { ann, bob } = setUp();
    const mine = open(ann, "ann");
    settle(mine, disagreements(TEXT, ann, bob)[2]!, [on("in Rome")]);
    mine.answer("Where?", [on("Ada"), on("Rome")]);
    const [question] = mine.questions();
    assert.ok(question?.adjudication);
    assert.equal(answersIn(question.answers).length, 2);
    mine.remove(question.id);
    assert.equal(mine.questions()[0]?.adjudication, undefined);
    assert.equal(state(disagreements(TEXT, ann, bob))[2], "answers open");
  });

  it("of a question keeps answers that are stale, and takes none of what was said for no answer", () => {
    const [ann, bob] = [new Log(), new Log()];
    open(ann, "ann").answer("Where?", [on("in Rome")]);
    open(bob, "bob").answer("Where?", [on("Eve")]);
    settle(open(bob, "bob"), disagreements(TEXT, ann, bob)[0]!, [on("Eve"), on("Rome")]);
    const later = TEXT.replace("in Rome", "somewhere else");
    const mine = open(bob, "bob", later);
    const [eve] = answersIn(mine.questions()[0]!.answers);
    mine.remove(eve!.id);
    assert.deepEqual(
      answersIn(mine.questions()[0]!.answers).map(({ quote, status }) => [quote.exact, status]),
      [["Rome", "stale"]],
    );
    mine.undo();
    open(ann, "ann", later).answer("Where?", []);
    const authors = [...eventsByAuthor([ann.events(), bob.events()])];
    const annotators = authors.map(([author, events]) => finish(annotatorLabels(author, events, later)));
    const found = disagreementsOf({ path: "a.txt", annotators, words: [], sentences: [] });
    assert.deepEqual(state(found), ["answers outdated"]);
  });

  it("follows edits, hides suggestions in its text, and goes out of force when its text is gone", async () => {
    const { ann, bob } = setUp();
    const mine = open(ann, "ann");
    const [entities, sentiment] = disagreements(TEXT, ann, bob);
    settle(mine, entities!, []);
    settle(mine, sentiment!, sentiment!.versions[0]!);
    const model = { name: "m", version: "1" };
    mine.setSuggestions("entities", { start: 0, end: TEXT.length }, [{ ...on("Rome", "LOC"), score: 0.9 }], model);
    assert.deepEqual(mine.annotations({ status: "suggested" }), []);
    const edited = `Yes. ${TEXT.replace("It was bad.", "It was very bad.")}`;
    const change = TEXT.indexOf("bad.");
    mine.applyEdits([{ start: change, end: change, text: "very " }], TEXT.replace("bad.", "very bad."));
    mine.applyEdits([{ start: 0, end: 0, text: "Yes. " }], edited);
    assert.ok(await mine.recordEdits());
    const again = open(ann, "ann", edited);
    assert.ok(shown(again, edited).includes("It was very bad./negative!"));
    assert.equal(again.adjudications().length, 2);
    again.undo();
    assert.equal(again.adjudications().length, 1);
    const gone = open(ann, "ann", "Something else entirely, without any of the words.");
    assert.deepEqual(gone.adjudications(), []);
  });

  it("refuses spans outside the text, empty labels and empty questions", () => {
    const mine = open(new Log(), "ann");
    const request = { task: "entities", region: on("Ada"), versions: [], labels: [on("Ada", "PER")] } as const;
    assert.throws(() => mine.adjudicate({ ...request, labels: [{ start: 0, end: 900, label: "PER" }] }), /outside/);
    assert.throws(() => mine.adjudicate({ ...request, labels: [on("Ada", " ")] }), /label is empty/);
    assert.throws(() => mine.adjudicate({ ...request, task: "answers", question: " " }), /question is empty/);
  });

  it("is one line in the log; a line that lacks what was in dispute is reported and skipped", () => {
    const log = new Log();
    open(log, "ann").adjudicate({
      ...{ task: "entities", region: on("Ada"), chosen: "bob", labels: [on("Ada", "PER")] },
      versions: [{ author: "bob", labels: [on("Ada", "PER")] }],
    });
    const line = log.lines.trimEnd();
    const decoded = decodeLine(line);
    assert.equal(decoded.event?.kind, "adjudicated");
    const rest = JSON.parse(line) as Record<string, unknown>;
    delete rest["region"];
    assert.match((decodeLine(JSON.stringify(rest)) as { reason: string }).reason, /region/);
    assert.match((decodeLine(JSON.stringify({ ...rest, task: "answers" })) as { reason: string }).reason, /question/);
    assert.equal(decodeLine(JSON.stringify({ ...rest, task: "answers", question: "Who?" })).event?.kind, "adjudicated");
  });
});

describe("export of adjudicated documents", function () {
  let workspace: string;
  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), "glossator-adjudication-"));
    await writeFile(path.join(workspace, "a.txt"), TEXT);
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  async function store(logs: Readonly<Record<string, Log>>): Promise<void> {
    const root = path.join(workspace, ".glossator");
    for (const [author, log] of Object.entries(logs)) {
      const { path: file } = new Journal(root, "a.txt", author);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, log.lines);
    }
  }
  const labels = (list: readonly { exact: string; label: string; author?: string }[]): string[] =>
    list.map(({ exact, label, author }) => `${exact}/${label} ${author}`).sort();

  it("leaves out a settled question whose answers are gone, and takes nothing for one without an answer", async () => {
    const { ann, bob } = setUp();
    const judge = new Log();
    settle(open(judge, "judge"), disagreements(TEXT, ann, bob)[2]!, [on("Rome")]);
    await store({ ann, bob, judge });
    await writeFile(path.join(workspace, "a.txt"), TEXT.replace("in Rome", "somewhere else"));
    const { documents } = await collectDocuments({ workspace });
    assert.deepEqual(documents[0]!.questions, []);
    const gone = staleIn(documents[0]!).filter(({ task }) => task === "answers");
    assert.deepEqual(
      gone.map(({ exact }) => exact),
      ["Rome", "Rome"],
      "ann's and the judge's",
    );
  });

  it("takes the adjudicated version, and says what nobody has settled", async () => {
    const { ann, bob } = setUp();
    const judge = new Log();
    const [entities, , answers] = disagreements(TEXT, ann, bob);
    settle(open(judge, "judge"), entities!, entities!.versions[1]!);
    settle(open(judge, "judge"), answers!, [on("Rome")]);
    await store({ ann, bob, judge });
    const { documents, losses } = await collectDocuments({ workspace });
    const [document] = documents;
    assert.deepEqual(labels(document!.layers[SPANS].labels), ["Ada/PER ann", "Ada/PER bob", "in Rome/ORG judge"]);
    assert.deepEqual(
      document!.questions.map(({ question, author, answers: found }) => [question, author, answersIn(found)[0]?.exact]),
      [["Where?", "judge", "Rome"]],
    );
    assert.deepEqual(
      losses.map(({ kind, task, reason }) => [kind, task, reason]),
      [
        [
          "assumed",
          "sentiment",
          'annotators disagree and nobody has settled it (ann: negative "It was bad."; bob: neutral "It was bad.")',
        ],
      ],
    );
  });

  it("takes one annotator's own version when asked to", async () => {
    const { ann, bob } = setUp();
    const [entities] = disagreements(TEXT, ann, bob);
    settle(open(ann, "ann"), entities!, []);
    await store({ ann, bob });
    const { documents, losses } = await collectDocuments({ workspace, annotator: "ann" });
    assert.deepEqual(labels(documents[0]!.layers[SPANS].labels), ["Ada/PER ann", "Rome/LOC ann"]);
    assert.deepEqual(losses, []);
    const all = await collectDocuments({ workspace });
    assert.deepEqual(labels(all.documents[0]!.layers[SPANS].labels), ["Ada/PER ann", "Ada/PER bob"]);
  });
});
