/** The dashboard: what logs on disk, made by the store, say of suggestions, of time and of files; and its page. */
import assert from "node:assert/strict";
import { appendFile, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import * as l10n from "@vscode/l10n";
import fc from "fast-check";
import { nextFile, progressOf } from "../../src/datasets/workspace/progress";
import { countWork } from "../../src/datasets/workspace/work";
import type { WorkSummary } from "../../src/datasets/workspace/work";
import type { LabelTask } from "../../src/documents/tasks";
import { Journal } from "../../src/labels/log/journal";
import { encodeLine } from "../../src/labels/log/line";
import { PaceCounter } from "../../src/labels/pace";
import type { Pace } from "../../src/labels/pace";
import { DocumentLabels } from "../../src/labels/store";
import { OUTCOMES } from "../../src/labels/verdicts";
import type { Outcome } from "../../src/labels/verdicts";
import { quantile } from "../../src/text/quantiles";
import { finish } from "../../src/text/slices";
import type { Span } from "../../src/text/span";
import { summaryBody, summaryPage } from "../../src/views/summary-page";
import { Log } from "./support/log";
import { SourceWorkspace } from "./support/source-workspace";

const MODEL = { name: "model", version: "1" };
const START = Date.UTC(2026, 2, 1, 9);

/** Somebody at a document of a workspace, whose clock is set by hand. */
class Person {
  readonly labels: DocumentLabels;
  readonly journal: Journal;

  private constructor(
    readonly text: string,
    place: { readonly workspace: string; readonly document: string; readonly author: string },
    private readonly clock: { now: number },
  ) {
    const { workspace, document, author } = place;
    this.journal = new Journal(path.join(workspace, ".glossator"), document, author);
    this.labels = new DocumentLabels({ text, author, sink: this.journal, now: () => new Date(this.clock.now) });
  }

  static async at(
    source: SourceWorkspace,
    document: string,
    text: string,
    { author = "ann", clock = { now: START } } = {},
  ): Promise<Person> {
    await source.put(`work/${document}`, text);
    return new Person(text, { workspace: source.workspace, document, author }, clock);
  }

  span(words: string): Span {
    const start = this.text.indexOf(words);
    assert.ok(start >= 0, words);
    return { start, end: start + words.length };
  }

  suggest(task: LabelTask, ...list: readonly (readonly [words: string, label: string, score?: number])[]): string[] {
    const all = { start: 0, end: this.text.length };
    const suggestions = list.map(([words, label, score = 0.9]) => ({ ...this.span(words), label, score }));
    this.labels.setSuggestions(task, all, suggestions, MODEL);
    return list.map(([words]) => this.id(words));
  }

  id(words: string): string {
    const { start, end } = this.span(words);
    return this.labels.annotations().find(({ span }) => span.start === start && span.end === end)!.id;
  }

  readAll(): void {
    this.labels.markReviewed({ start: 0, end: this.text.length }, "entities");
  }

  tick(seconds: number): void {
    this.clock.now += seconds * 1000;
  }
}

describe("the dashboard", function () {
  this.timeout(60_000);
  let source: SourceWorkspace;
  beforeEach(async () => (source = await SourceWorkspace.make()));
  afterEach(() => source.remove());

  const count = async (...people: readonly Person[]): Promise<WorkSummary> => {
    for (const { journal } of people) await journal.flush();
    return (await countWork({ workspace: source.workspace, files: {} })).summary;
  };

  describe("suggestions", () => {
    it("are told by what they became, by label, with what was missed", async () => {
      const text = "Anna Berg left Oslo. The firm Acme Ltd grew in Rome. Ben saw Paris and Bonn in May. It was good.";
      const by = await Person.at(source, "a.txt", text);
      const [anna, oslo, acme, rome, ben, may] = by.suggest(
        "entities",
        ...([
          ["Anna", "PER", 0.95],
          ["Oslo", "LOC", 0.81],
          ["Acme", "LOC", 0.55],
          ["Rome", "LOC", 1],
          ["Ben", "LOC", 0.6],
          ["May", "PER", 0.61],
        ] as const),
      );
      const { labels } = by;
      labels.accept(oslo!, rome!);
      labels.resize(anna!, by.span("Anna Berg"));
      labels.relabel(ben!, "PER");
      labels.add("entities", by.span("Acme Ltd"), "ORG");
      labels.add("entities", by.span("Paris"), "LOC");
      labels.reject(may!);
      labels.remove(rome!);
      assert.ok(acme);
      const [good] = by.suggest("sentiment", ["It was good.", "positive", 0.99]);
      labels.accept(good!);
      // What is undone says nothing.
      labels.add("entities", by.span("Bonn"), "LOC");
      labels.undo();
      const { suggestions } = await count(by);
      const { all, labels: byLabel, confidence, unknown } = suggestions.entities;
      assert.deepEqual(all, {
        ...{ label: "", accepted: 1, boundary: 1, type: 1, both: 1, spurious: 2, missed: 1, decided: 6 },
      });
      assert.deepEqual(
        byLabel.map(({ label, decided, missed }) => [label, decided, missed]),
        [
          ["LOC", 4, 1],
          ["PER", 2, 0],
        ],
      );
      const bins = confidence.map(({ right, wrong }) => `${right}/${wrong}`).join(" ");
      assert.equal(bins, "0/0 0/0 0/0 0/0 0/0 0/1 0/2 0/0 1/0 0/2");
      assert.equal(unknown, 0);
      assert.equal(suggestions.sentiment.all.accepted, 1);
      assert.deepEqual(suggestions.sentiment.confidence[9], { right: 1, wrong: 0 });
    });

    it("add up, whatever is done with them in whatever order", async () => {
      const words = Array.from({ length: 12 }, (_, i) => `Name${String.fromCharCode(65 + i)}`);
      const text = words.map((word) => `Here ${word} Smith stands.`).join(" ");
      const WORK = [
        "accept",
        "reject",
        "relabel",
        "resize",
        "both",
        "remove",
        "late",
        "again",
        "undone",
        "none",
      ] as const;
      const becomes: Readonly<Record<(typeof WORK)[number], Outcome | undefined>> = {
        ...{ accept: "accepted", reject: "spurious", relabel: "type", resize: "boundary", both: "both" },
        ...{ remove: "spurious", late: "type", again: "accepted", undone: undefined, none: undefined },
      };
      let documents = 0;
      const expected = new Map<Outcome, number>();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.constantFrom(...WORK), fc.double({ min: 0, max: 1, noNaN: true })), {
            ...{ minLength: words.length, maxLength: words.length },
          }),
          async (plan) => {
            const by = await Person.at(source, `${documents++}.txt`, text);
            const { labels } = by;
            const ids = by.suggest("entities", ...words.map((word, i) => [word, "PER", plan[i]![1]] as const));
            const wide = (word: string): Span => by.span(`${word} Smith`);
            plan.forEach(([work], i) => {
              const [id, word] = [ids[i]!, words[i]!];
              const outcome = becomes[work];
              if (outcome !== undefined) expected.set(outcome, (expected.get(outcome) ?? 0) + 1);
              if (work === "accept" || work === "remove" || work === "late") labels.accept(id);
              if (work === "reject" || work === "again") labels.reject(id);
              if (work === "relabel" || work === "late") labels.relabel(id, "ORG");
              if (work === "resize") labels.resize(id, wide(word));
              if (work === "both") labels.add("entities", wide(word), "ORG");
              if (work === "remove") labels.remove(id);
              if (work === "again") labels.add("entities", by.span(word), "PER");
              if (work === "undone") {
                labels.accept(id);
                labels.undo();
              }
            });
            const { entities } = (await count(by)).suggestions;
            for (const outcome of OUTCOMES) assert.equal(entities.all[outcome], expected.get(outcome) ?? 0, outcome);
            const decided = [...expected.values()].reduce((sum, of) => sum + of, 0);
            assert.equal(entities.all.decided, decided);
            assert.equal(entities.all.missed, 0);
            const told = entities.confidence.reduce((sum, { right, wrong }) => sum + right + wrong, 0);
            assert.equal(told + entities.unknown, decided);
            assert.equal(entities.unknown, 0);
            assert.equal(
              entities.confidence.reduce((sum, { right }) => sum + right, 0),
              entities.all.accepted,
            );
            assert.equal(
              entities.labels.reduce((sum, of) => sum + of.decided, 0),
              decided,
            );
          },
        ),
        { numRuns: 15 },
      );
    });

    it("are one each where they are cut in two or made one, and follow edits of their text", async () => {
      const by = await Person.at(source, "a.txt", "In New York and Jon Doe, Sri Lanka.");
      const { labels } = by;
      const [first, second, jon] = by.suggest(
        "entities",
        ["New", "LOC"],
        ["York", "LOC"],
        ["Jon Doe", "PER"],
        [...(["Sri Lanka", "LOC"] as const)],
      );
      labels.accept(first!, second!);
      labels.merge(first!, second!);
      labels.split(by.id("Sri Lanka"), by.span("Lanka").start);
      labels.accept(jon!);
      const at = by.span("Jon").end;
      const edited = by.text.replace("Jon", "Jonny");
      labels.applyEdits([{ start: at, end: at, text: "ny" }], edited);
      await labels.recordEdits();
      labels.relabel(labels.annotations({ task: "entities" }).find(({ label }) => label === "PER")!.id, "MISC");
      await by.journal.flush();
      await source.put("work/a.txt", edited);
      const { all } = (await count(by)).suggestions.entities;
      assert.deepEqual(all, {
        ...{ label: "", accepted: 0, boundary: 3, type: 1, both: 0, spurious: 0, missed: 0, decided: 4 },
      });
    });

    it("whose confidence a line lacks, or is none, are left out of the bins and counted as such", async () => {
      const text = "Anna met Bob and Eve in Oslo.";
      const by = await Person.at(source, "a.txt", text);
      const ids = by.suggest("entities", ["Anna", "PER"], ["Bob", "PER"], ["Eve", "PER"], ["Oslo", "LOC"]);
      by.labels.accept(...ids);
      await by.journal.flush();
      const log = new Log();
      const other = new DocumentLabels({ text, author: "eve", sink: log });
      other.setSuggestions(
        "entities",
        { start: 0, end: text.length },
        [{ ...by.span("Anna"), label: "PER", score: 7 }],
        MODEL,
      );
      other.accept(other.annotations()[0]!.id);
      other.setSuggestions(
        "entities",
        { start: 0, end: text.length },
        [{ ...by.span("Bob"), label: "PER", score: 0.3 }],
        MODEL,
      );
      other.reject(other.annotations({ status: "suggested" })[0]!.id);
      const lines = log.events.map((event) => {
        if (event.kind !== "rejected") return encodeLine(event);
        const { replaces, ...rest } = event;
        assert.equal(replaces?.length, 1);
        return encodeLine(rest);
      });
      await appendFile(path.join(path.dirname(by.journal.path), "eve.jsonl"), lines.join(""));
      const { all, confidence, unknown } = (await count(by)).suggestions.entities;
      assert.deepEqual([all.decided, all.accepted, all.spurious, unknown], [6, 5, 1, 2]);
      assert.equal(
        confidence.reduce((sum, { right, wrong }) => sum + right + wrong, 0),
        4,
      );
    });

    it("are decided once where two windows decide on the same one apart from each other: the later one counts", async () => {
      const text = "Anna left.";
      const [one, other] = [await Person.at(source, "a.txt", text), await Person.at(source, "a.txt", text)];
      const [first] = one.suggest("entities", ["Anna", "PER"]);
      const [second] = other.suggest("entities", ["Anna", "PER"]);
      one.labels.accept(first!);
      other.labels.relabel(second!, "ORG");
      // Where the model has not spoken yet.
      const third = await Person.at(source, "b.txt", text);
      const fourth = await Person.at(source, "b.txt", text);
      third.labels.accept(third.suggest("entities", ["Anna", "PER"])[0]!);
      fourth.labels.add("entities", fourth.span("Anna"), "ORG");
      const { all } = (await count(one, other, third, fourth)).suggestions.entities;
      assert.deepEqual([all.decided, all.type, all.missed], [2, 2, 0]);
    });

    it("are none that a dataset brought, and what it brought is not missed", async () => {
      const file = await source.put(
        "data.jsonl",
        `${JSON.stringify({
          text: "Anna met Bob.",
          label: [
            [0, 4, "PER"],
            [9, 12, "PER"],
          ],
        })}\n`,
      );
      await source.import(file);
      const { suggestions, pace, documents } = await count();
      assert.equal(documents[0]?.counts.entities, 2);
      const { decided, missed } = suggestions.entities.all;
      assert.deepEqual([decided, missed, pace.all.decisions, pace.all.bulk.acts], [0, 0, 0, 0]);
    });
  });

  describe("time", () => {
    const paceOf = async (...people: readonly Person[]): Promise<Pace> => (await count(...people)).pace;
    const text = Array.from({ length: 20 }, (_, i) => `Name${String.fromCharCode(65 + i)} went.`).join(" ");
    const name = (i: number): string => `Name${String.fromCharCode(65 + i)}`;

    it("is that between a person's decisions in a sitting; a longer pause ends it", async () => {
      const by = await Person.at(source, "a.txt", text);
      // 2, 4, 6 and 8 seconds; then a pause; then 60, which is none.
      for (const [i, wait] of [0, 2, 4, 6, 8, 61, 60].entries()) {
        by.tick(wait);
        by.labels.add("entities", by.span(name(i)), "PER");
      }
      const { all, annotators, days } = await paceOf(by);
      assert.equal(all.decisions, 7);
      assert.equal(all.timed, 5);
      assert.deepEqual(all.time, { lower: 4000, median: 6000, upper: 8000 });
      assert.equal(all.perHour, (5 / 80) * 3600);
      assert.deepEqual(annotators, [{ ...all, name: "ann" }]);
      assert.equal(days.length, 1);
    });

    it("goes on from one document to another, and is each person's own", async () => {
      const clock = { now: START };
      const [one, two] = [
        await Person.at(source, "a.txt", text, { clock }),
        await Person.at(source, "b.txt", text, { clock }),
      ];
      const other = await Person.at(source, "b.txt", text, { author: "bob", clock });
      for (const [i, by] of [one, other, two, other].entries()) {
        by.tick(10);
        by.labels.add("entities", by.span(name(i)), "PER");
      }
      const { annotators } = await paceOf(one, two, other);
      assert.deepEqual(
        annotators.map(({ name: who, decisions, timed, time }) => [who, decisions, timed, time?.median]),
        [
          ["ann", 2, 1, 20_000],
          ["bob", 2, 1, 20_000],
        ],
      );
    });

    it("tells bulk acts apart, and counts neither what was undone nor edits", async () => {
      const by = await Person.at(source, "a.txt", text);
      const ids = by.suggest("entities", ...Array.from({ length: 10 }, (_, i) => [name(i), "LOC"] as const));
      by.labels.accept(ids[0]!);
      by.tick(5);
      by.labels.accept(...ids.slice(1, 7));
      by.tick(3);
      by.labels.accept(ids[7]!);
      by.tick(4);
      by.labels.accept(ids[8]!);
      by.tick(1);
      by.labels.undo();
      by.tick(2);
      by.labels.reject(ids[9]!);
      // A label cut in two is one decision.
      by.tick(5);
      by.labels.split(ids[0]!, by.span(name(0)).start + 2);
      const { all } = await paceOf(by);
      assert.deepEqual(all.bulk, { acts: 1, labels: 6 });
      assert.deepEqual([all.decisions, all.timed], [4, 3]);
      assert.deepEqual(all.time, { lower: 4000, median: 5000, upper: 6000 });
    });

    it("is not negative where the clock was set back", async () => {
      const by = await Person.at(source, "a.txt", text);
      for (const [i, wait] of [0, 5, -3600, 7, -1, 9].entries()) {
        by.tick(wait);
        by.labels.add("entities", by.span(name(i)), "PER");
      }
      const { all } = await paceOf(by);
      assert.deepEqual([all.decisions, all.timed], [6, 3]);
      assert.deepEqual(all.time, { lower: 6000, median: 7000, upper: 8000 });
    });

    it("is told of the last thirty days with decisions", () => {
      const log = new Log();
      const clock = { now: START };
      const labels = new DocumentLabels({ text, author: "ann", sink: log, now: () => new Date(clock.now) });
      for (let day = 0; day < 40; day++, clock.now += 3 * 86_400_000)
        labels.markReviewed({ start: 0, end: text.length - day }, "entities");
      const counter = new PaceCounter((time) => new Date(time).toISOString().slice(0, 10));
      finish(counter.adding(log.events));
      const { days, all } = finish(counter.working());
      assert.deepEqual([days.length, days[0]?.name, days.at(-1)?.name], [30, "2026-03-31", "2026-06-26"]);
      assert.deepEqual([all.decisions, all.timed, all.time], [40, 0, undefined]);
    });

    it("has quartiles as NumPy has them", () => {
      // numpy.quantile([1, 2, 4, 8, 16, 32], [.25, .5, .75])
      assert.deepEqual(
        [0.25, 0.5, 0.75].map((share) => quantile([1, 2, 4, 8, 16, 32], share)),
        [2.5, 6, 14],
      );
      assert.equal(quantile([3], 0.75), 3);
      assert.throws(() => quantile([], 0.5), RangeError);
    });
  });

  describe("files", () => {
    it("are reviewed in whole once every sentence is, begun, or untouched; the first that are left are listed", async () => {
      const whole = await Person.at(source, "a.md", "# A title\n\nAnna left.\n\n```\ncode is not read\n```\n");
      for (const words of ["A title", "Anna left."]) whole.labels.markReviewed(whole.span(words), "entities");
      const begun = await Person.at(source, "b.txt", "Anna left. Ben stayed on.");
      begun.labels.markReviewed(begun.span("Anna left."), "entities");
      const undone = await Person.at(source, "c.txt", "Anna left.");
      undone.readAll();
      undone.labels.undo();
      for (const file of ["d.txt", "sub/e.md", "node_modules/p/readme.md", ".hidden.txt", "f.py"])
        await source.put(`work/${file}`, "Text.");
      await source.put("work/empty.txt", "");
      await source.put("outside.txt", "Text.");
      await symlink(path.join(source.root, "outside.txt"), path.join(source.workspace, "link.txt"));
      const { progress, documents } = await count(whole, begun, undone);
      assert.equal(documents.find((one) => one.path === "a.md")?.reviewed, 1);
      assert.deepEqual(progress, {
        ...{ reviewed: 1, begun: 1, untouched: 3, more: false },
        next: [
          { document: "b.txt", state: "begun", reviewed: 9 / 21 },
          { document: "c.txt", state: "untouched", reviewed: 0 },
          { document: "d.txt", state: "untouched", reviewed: 0 },
          { document: "sub/e.md", state: "untouched", reviewed: 0 },
        ],
      });
      const next = (after?: string): Promise<string | undefined> => nextFile({ workspace: source.workspace }, after);
      assert.equal(await next(), "b.txt");
      assert.equal(await next("b.txt"), "c.txt");
      assert.equal(await next("d.txt"), "sub/e.md");
      assert.equal(await next("sub/e.md"), "b.txt");
      assert.equal(await next("gone.txt"), "b.txt");
      const wanted = (document: string): boolean => document === "a.md" || document === "b.txt";
      assert.equal(await nextFile({ workspace: source.workspace, wanted }, "b.txt"), undefined);
    });

    it("are five thousand at most, and it is said that there are more", async () => {
      await mkdir(path.join(source.workspace, "many"));
      for (let i = 0; i < 5001; i++)
        await writeFile(path.join(source.workspace, "many", `${String(i).padStart(4, "0")}.txt`), "x");
      const { untouched, more, next } = await progressOf({ workspace: source.workspace }, []);
      assert.deepEqual([untouched, more, next.length, next[0]?.document], [5000, true, 25, "many/0000.txt"]);
    });
  });

  describe("its page", () => {
    const pageOf = (summary: WorkSummary, folder = "file:///w"): string =>
      summaryPage(summaryBody(summary, [], l10n, { ...summary, folder }), l10n, { nonce: "abc", language: "en" });
    const svgs = (page: string): number => page.match(/<svg role="img" aria-label=/g)?.length ?? 0;

    it("has a table with a caption and the numbers in words for every plot", async () => {
      const by = await Person.at(source, "a.txt", "Anna met Ben in Rome.");
      const [anna, ben] = by.suggest("entities", ["Anna", "PER", 0.85], ["Ben", "LOC", 0.86]);
      by.labels.accept(anna!);
      by.tick(4);
      by.labels.relabel(ben!, "PER");
      await source.put("work/next.txt", "More.");
      const page = pageOf(await count(by));
      assert.ok(svgs(page) >= 7);
      assert.equal(svgs(page), page.match(/<table><caption>[^<]+<\/caption>/g)?.length);
      assert.match(page, />1 \(50 %\)<\/text>/);
      assert.match(page, />1 right, 1 wrong \(50 %\)<\/text>/);
      assert.match(page, /<th scope="row">0\.8 to 0\.9<\/th><td>1<\/td><td>1<\/td><td>50 %<\/td>/);
      assert.match(page, /Half of 1 timed decisions took less than 4\.0 s/);
      const link = /href="(command:[^"]*)">next\.txt</.exec(page)?.[1]?.replaceAll("&#38;", "&");
      const [command, given = ""] = link!.split("?");
      assert.equal(command, "command:glossator.openNextUnreviewedFile");
      assert.deepEqual(JSON.parse(decodeURIComponent(given)), ["file:///w", "next.txt"]);
      assert.doesNotMatch(page, / style=|<script/);
    });

    it("lets no name of a label, an annotator or a file be markup", async () => {
      const evil = `<img src=x onerror=alert(1)>"'&`;
      const by = await Person.at(source, "a.txt", "Anna met Ben.", { author: evil });
      const [anna, ben] = by.suggest("entities", ["Anna", evil], ["Ben", "PER"]);
      by.labels.accept(anna!);
      by.labels.relabel(ben!, `${evil}2`);
      await source.put(`work/<script>alert(1)<&"'.txt`, "Text.");
      const page = pageOf(await count(by), `file:///<b>"onclick="`);
      assert.doesNotMatch(page, /<img|<script|<b>|onclick="/);
      assert.match(page, /&#60;img src=x onerror=alert\(1\)&#62;/);
      assert.match(page, />&#60;script&#62;alert\(1\)&#60;&#38;&#34;&#39;\.txt<\/a>/);
    });

    it("says what to do where nothing is decided, with the files there are", async () => {
      await source.put("work/a.txt", "Text.");
      const page = pageOf(await count());
      assert.match(page, /There are no decisions in this folder yet\. Open a text file/);
      assert.match(page, />Open Next Unreviewed File<\/a>/);
      assert.equal(svgs(page), 1);
      const { summary } = await countWork({ workspace: source.workspace });
      assert.match(pageOf(summary), /In Restricted Mode files without decisions are not looked at/);
    });

    it("is bounded, whatever there is", async () => {
      const by = await Person.at(source, "a.txt", Array.from({ length: 1000 }, (_, i) => `N${i}x`).join(" "));
      const all = { start: 0, end: by.text.length };
      const named = Array.from({ length: 1000 }, (_, i) => ({ ...by.span(`N${i}x`), label: `LABEL${i}`, score: 0.9 }));
      by.labels.setSuggestions("entities", all, named, MODEL);
      by.labels.acceptAll(all, "entities");
      const summary = await count(by);
      assert.equal(summary.suggestions.entities.labels.length, 1000);
      const documents = Array.from({ length: 10_000 }, (_, i) => ({ ...summary.documents[0]!, path: `${i}.txt` }));
      const page = pageOf({ ...summary, documents });
      assert.ok(page.length < 1_000_000, String(page.length));
      assert.match(page, /… and 9500 more\./);
    });
  });
});
