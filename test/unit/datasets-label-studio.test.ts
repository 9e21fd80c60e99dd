import type { DecidedLabel } from "../../src/documents/labelled";
import { CLASSES, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { isPlain, visibleText } from "../../src/datasets/formats/label-studio/html";
import { labelStudio } from "../../src/datasets/formats/label-studio/write";
import { labellingConfig, objectTags } from "../../src/datasets/formats/label-studio/config";
import type { ReaderOptions, ReadResult } from "../../src/datasets/format";
import { labelledDocuments } from "./support/documents";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";
import { documentOf } from "./support/labelled";

const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

function read(
  tasks: string | readonly unknown[],
  options: Partial<ReaderOptions> = {},
  more: Readonly<Record<string, string>> = {},
): ReadResult {
  const text = typeof tasks === "string" ? tasks : JSON.stringify(tasks, undefined, 2);
  const files = new Map(
    Object.entries({ ...more, "project-1.json": text }).map(([name, one]) => [name, new TextEncoder().encode(one)]),
  );
  return labelStudio.read!(files, { misaligned: "refuse", ...options }) as ReadResult;
}

function region(id: string, start: number, end: number, label: string, more: object = {}): object {
  return {
    id,
    from_name: "ner",
    to_name: "text",
    type: "labels",
    value: { start, end, labels: [label] },
    ...more,
  };
}

const shown = ({ documents }: ReadResult): string[][] =>
  documents.map(({ layers }) =>
    [...layers[SPANS].labels, ...layers[CLASSES].labels].map(({ exact, label }) => `${exact}/${label}`),
  );

describe("datasets: Label Studio", () => {
  it("gives back what it wrote, questions and provenance included", async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(labelledDocuments(), async (documents) => {
      const { read: back } = await roundTrip(labelStudio, documents, {
        provenance: ["author", "time", "model"],
      });
      const scores = (items: readonly { score?: number }[]): unknown[] => items.map(({ score }) => score).sort();
      assert.deepEqual(
        scores(back.documents.flatMap(({ layers }) => [...layers[SPANS].labels, ...layers[CLASSES].labels])),
        scores(documents.flatMap(({ layers }) => [...layers[SPANS].labels, ...layers[CLASSES].labels])),
      );
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("writes the vector in code points, with what the model had said beside it", async () => {
    const label = (exact: string, name: string, more: object): DecidedLabel => {
      const start = VECTOR.indexOf(exact);
      return { id: exact, start, end: start + exact.length, exact, label: name, author: "ann", ...more };
    };
    const model = { name: "m", version: "3" };
    const time = "2026-03-01T09:00:00.000Z";
    const document = documentOf("a.txt", VECTOR, {
      spans: [label("Zürich", "LOC", { model, score: 0.87, time }), label("Acme", "ORG", { model, score: 0.6, time })],
      reviewed: [{ start: 0, end: VECTOR.length }],
      rejected: [{ task: SPANS, ...label("Acme.", "MISC", { model, score: 0.6, time }) }],
    });
    const { files, losses } = await writeDataset(labelStudio, [document], WRITER_OPTIONS);
    assert.deepEqual(losses, []);
    interface Result {
      readonly id: string;
      readonly origin: string;
      readonly score: number;
      readonly value: { readonly start: number; readonly end: number; readonly text: string };
    }
    const [task] = JSON.parse(String(files.get("train.json"))) as {
      annotations: { result: Result[] }[];
      predictions: { model_version: string; score: number; result: Result[] }[];
    }[];
    assert.deepEqual(
      task?.annotations[0]?.result.map(({ id, origin, value }) => [id, origin, value.start, value.end, value.text]),
      [
        ["Zürich", "prediction", 9, 15, "Zürich"],
        ["Acme", "prediction-changed", 26, 30, "Acme"],
      ],
    );
    assert.deepEqual(
      task.predictions.map(({ model_version, score, result }) => [model_version, score, result.map(({ id }) => id)]),
      [["m@3", 0.735, ["Zürich", "rejected-1"]]],
    );
    assert.match(String(files.get("config.xml")), /<Label value="LOC"\/>/);
  });

  it("escapes label names in the configuration and finds its own tags in it", () => {
    const xml = labellingConfig({
      labels: { entities: [{ id: 0, name: 'a<b>&"c"', colour: "#ff0000", key: "1" }], sentiment: [] },
      answers: true,
      relations: ["knows"],
      attributes: new Map<string, readonly string[] | "text">([
        ["how <sure>", ['"low"', "high"]],
        ["note", "text"],
      ]),
    });
    assert.match(
      xml,
      /<Choices name="how &#60;sure&#62;" toName="text" perRegion="true".*>\n.*<Choice value="&#34;low&#34;"\/>/,
    );
    assert.match(xml, /<TextArea name="note" toName="text" perRegion="true"/);
    assert.match(xml, /<Label value="a&#60;b&#62;&#38;&#34;c&#34;" background="#ff0000" hotkey="1"\/>/);
    assert.deepEqual([...objectTags(xml)], [["text", { tag: "Text", field: "text" }]]);
    const other = `<View><!-- <Text name="no" value="$no"/> --><HyperText name='page' value='$html'/><Labels name="n" toName="page"/></View>`;
    assert.deepEqual([...objectTags(other)], [["page", { tag: "HyperText", field: "html" }]]);
  });

  it("reads what Label Studio exports: annotations of several people, completions, choices, predictions", () => {
    const tasks = [
      {
        id: 1,
        data: { text: VECTOR },
        annotations: [
          {
            id: 9,
            completed_by: { id: 3, email: "ann@example.org" },
            updated_at: "2021-03-09T22:16:08.728378Z",
            was_cancelled: false,
            result: [
              region("a1", 9, 15, "LOC", { origin: "prediction" }),
              region("a2", 26, 30, "ORG", { origin: "manual" }),
              { id: "c1", from_name: "mood", to_name: "text", type: "choices", value: { choices: ["positive"] } },
              { type: "relation", from_id: "a1", to_id: "a2", direction: "right", labels: ["based_in"] },
              { id: "r1", from_name: "stars", to_name: "text", type: "rating", value: { rating: 4 } },
            ],
          },
          { id: 10, completed_by: 7, result: [region("b1", 9, 15, "GPE")] },
          { id: 11, completed_by: 8, was_cancelled: true, result: [] },
        ],
        predictions: [{ model_version: "m-3", score: 0.5, result: [region("a1", 9, 15, "LOC", { score: 0.87 })] }],
      },
      { id: 2, data: { text: "EU left" }, completions: [{ id: 1, result: [region("x", 0, 2, "ORG")] }] },
      { id: 3, data: { text: "EU left" }, predictions: [{ result: [region("x", 0, 2, "ORG")] }], annotations: [] },
    ];
    const result = read(tasks);
    assert.deepEqual(shown(result), [["Zürich/LOC", "Acme/ORG", "Zürich/GPE", `${VECTOR}/positive`], ["EU/ORG"], []]);
    const [first] = result.documents;
    assert.deepEqual(
      first?.layers[SPANS].labels.map(({ author, score, model, time }) => [author, score, model?.name, time]),
      [
        ["ann@example.org", 0.87, "m-3", "2021-03-09T22:16:08.728Z"],
        ["ann@example.org", undefined, undefined, "2021-03-09T22:16:08.728Z"],
        ["user 7", undefined, undefined, undefined],
      ],
    );
    const [zurich, acme] = first.layers[SPANS].labels;
    assert.deepEqual(
      first.relations!.map(({ type, from, to, author }) => [type, from, to, author]),
      [["based_in", zurich!.id, acme!.id, "ann@example.org"]],
    );
    assert.deepEqual(
      result.documents.map(({ layers }) => layers[SPANS].reviewed.length),
      [1, 1, 0],
    );
    assert.deepEqual(
      result.losses.map(({ kind, reason }) => `${kind}: ${reason}`),
      [
        'dropped: results of type "rating" are not supported',
        "left-out: the annotator skipped the task",
        "left-out: 1 result(s) of models that nobody decided on",
      ],
    );
  });

  it("does not trust a region's text where only white space differs, and believes it where the offsets are in another unit", () => {
    const spaced = read([
      {
        data: { text: "a  b  Acme" },
        annotations: [
          { result: [region("x", 0, 10, "ORG", { value: { start: 0, end: 10, text: "a b Acme", labels: ["ORG"] } })] },
        ],
      },
    ]);
    assert.deepEqual([shown(spaced), spaced.losses], [[["a  b  Acme/ORG"]], []]);
    const value = (start: number, end: number, text: string): object => ({
      value: { start, end, text, labels: ["ORG"] },
    });
    const utf16 = read([
      { data: { text: VECTOR }, annotations: [{ result: [region("x", 30, 34, "", value(30, 34, "Acme"))] }] },
    ]);
    assert.equal(utf16.unit?.value, "utf16");
    assert.deepEqual(shown(utf16), [["Acme/ORG"]]);
    const crlf = {
      data: { text: "one\r\n😀 two\r\nAcme" },
      annotations: [{ result: [region("x", 10, 14, "", value(10, 14, "Acme"))] }],
    };
    const refused = read([crlf]);
    assert.deepEqual(shown(refused), [[]]);
    assert.match(refused.losses[0]?.reason ?? "", /hold .*not "Acme"/);
    assert.deepEqual(shown(read([crlf], { misaligned: "snap" })), [["Acme/ORG"]]);
  });

  it("takes labels on HTML by their global offsets, on the text it shows, and lists those that have none", () => {
    assert.equal(
      visibleText("<p class='a>b'>Tom &amp; <b>J&eacute;rry</b>&#x1F600;</p><!-- no --><script>no()</script>"),
      "Tom & Jérry😀",
    );
    assert.ok(isPlain("a < b & c") && !isPlain("a <b>c</b>") && !isPlain("&amp;"));
    const hyper = (globalOffsets: object | undefined): object => ({
      id: "h",
      from_name: "ner",
      to_name: "page",
      type: "hypertextlabels",
      value: {
        start: "/p[1]/text()[1]",
        end: "/p[1]/text()[1]",
        startOffset: 3,
        endOffset: 7,
        globalOffsets,
        hypertextlabels: ["ORG"],
      },
    });
    const task = { id: 1, data: { title: "a very long title that is not it", html: "<p>😀 Acme</p>" } };
    const config = { "config.xml": '<View><HyperText name="page" value="$html"/></View>' };
    const result = read(
      [{ ...task, annotations: [{ result: [hyper({ start: 2, end: 6 }), hyper(undefined)] }] }],
      {},
      config,
    );
    assert.deepEqual(shown(result), [["Acme/ORG"]]);
    assert.deepEqual(
      result.losses.map(({ kind, reason }) => `${kind}: ${reason}`),
      [
        "assumed: HTML: labels were taken on the text it shows",
        "dropped: a region cannot be placed: it has no globalOffsets, only places in HTML elements",
      ],
    );
  });

  it("decodes character references as the HTML standard has it", () => {
    for (const [html, text] of [
      ["&eacute;&Aacute;&notin;&CounterClockwiseContourIntegral;", "éÁ∉∳"],
      // One name, two characters.
      ["&NotEqualTilde;", "≂̸"],
      ["&#233;&#xE9;&#XE9;&#x1F600;", "ééé😀"],
      // Without semicolons: old names, also at the start of a word, and numbers.
      ["&copy 2020, &eacutex &ampx; &notit; &#65a &#x41g", "© 2020, éx &x; ¬it; Aa Ag"],
      ["&nosuch; &notinx &nosuch AT&T a & b &; &#; &#x; &", "&nosuch; ¬inx &nosuch AT&T a & b &; &#; &#x; &"],
      // Windows-1252, halves of pairs, what is beyond Unicode.
      ["&#128;|&#150;|&#0;|&#xD83D;|&#x110000;|&#99999999999;", "€|–|\ufffd|\ufffd|\ufffd|\ufffd"],
      // Once, and not across tags.
      ["&amp;eacute; &lt;b&gt; &am<b>p;</b> &eacute<i>;</i>", "&eacute; <b> &amp; é;"],
      ["a<!-- <b> &eacute; -->b\0c<script>&eacute;<b></script>d", "abcd"],
    ] as const)
      assert.equal(visibleText(html), text, html);
  });

  it("places regions of HTML by the characters that its references stand for", () => {
    const html = "<p>Caf&eacute; &#x1F600;&#233;&copy <b>Acme</b> &amp; Zo&euml;</p>";
    const shownText = "Café 😀é© Acme & Zoë";
    const regions = ["Café", "Acme", "Zoë"].map((exact, index) => {
      const start = shownText.indexOf(exact);
      const globalOffsets = { start, end: start + exact.length };
      const value = {
        start: "/p[1]",
        end: "/p[1]",
        startOffset: 0,
        endOffset: 0,
        globalOffsets,
        hypertextlabels: ["ORG"],
      };
      return { id: String(index), from_name: "ner", to_name: "page", type: "hypertextlabels", value };
    });
    const config = { "config.xml": '<View><HyperText name="page" value="$html"/></View>' };
    const result = read([{ id: 1, data: { html }, annotations: [{ result: regions }] }], {}, config);
    assert.equal(result.documents[0]!.text, shownText);
    assert.deepEqual(shown(result), [["Café/ORG", "Acme/ORG", "Zoë/ORG"]]);
    assert.deepEqual(
      result.losses.map(({ kind }) => kind),
      ["assumed"],
    );
  });

  it("reads the tasks before and after one that is broken, and before the place where a file is cut off", () => {
    const task = (id: number): object => ({
      id,
      data: { text: "EU left" },
      annotations: [{ result: [region("x", 0, 2, "ORG")] }],
    });
    const whole = JSON.stringify([task(1), task(2), task(3)], undefined, 2);
    const broken = whole.replace('"id": 2,', '"id": ,');
    assert.notEqual(broken, whole);
    const one = read(broken);
    assert.deepEqual(shown(one), [["EU/ORG"], ["EU/ORG"]]);
    assert.deepEqual(
      one.losses.map(({ line, reason }) => [line, reason]),
      [[whole.slice(0, whole.indexOf('"id": 2')).split("\n").length - 1, "this object is not JSON, or cut off"]],
    );
    for (const at of [0.4, 0.7, 0.9]) {
      const cut = read(whole.slice(0, Math.floor(whole.length * at)));
      assert.equal(cut.documents.length, Math.floor(at * 3));
      assert.match(cut.losses.at(-1)?.reason ?? "", /cut off/);
    }
    const spoilt = read([
      task(1),
      { id: 1, data: { text: "EU" }, annotations: [{ result: [region("x", 0, 9, "ORG"), region("y", 0, 2, "")] }] },
    ]);
    assert.deepEqual(spoilt.losses.map(({ kind }) => kind).sort(), ["assumed", "dropped", "dropped"]);
    assert.throws(() => read([{ id: 1, annotator: 1, image: "https://example.org/a.png" }]), /an address/);
    assert.throws(() => read([{ data: { image: 5 } }]), /no text/);
  });
});
