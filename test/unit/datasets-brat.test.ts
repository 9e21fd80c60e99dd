import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { answersIn } from "../../src/documents/answers";
import { brat } from "../../src/datasets/formats/brat/write";
import { parseAnn } from "../../src/datasets/formats/brat/lines";
import type { LabelledDocument } from "../../src/datasets/document";
import { UnixText, withLineEnds } from "../../src/text/newlines";
import { ReadError } from "../../src/datasets/format";
import type { ReadResult, ReaderOptions } from "../../src/datasets/format";
import { labelledDocuments } from "./support/documents";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { decisions, filesOf, labelled, VECTOR } from "./support/labelled";
import { writeDataset } from "../../src/datasets/writing/drive";
import type { Contents } from "../../src/datasets/writing/contents";

const read = (files: Readonly<Record<string, Contents>>, options: Partial<ReaderOptions> = {}): ReadResult =>
  brat.read!(filesOf(files), { misaligned: "refuse", ...options }) as ReadResult;

const PYTHON_LINES = new RegExp(`[\\n\\v\\f\\r${String.fromCharCode(0x1c, 0x1d, 0x1e)}\\u0085\\u2028\\u2029]`);

/** What brat's own server checks when it reads an `.ann` file (`annotation.py`): no overlap of fragments, and their text, joined by blanks, quoted. */
function checkAsBrat(files: ReadonlyMap<string, Contents>): number {
  let checked = 0;
  for (const [name, contents] of files) {
    if (!name.endsWith(".ann")) continue;
    const text = Array.from(files.get(name.replace(/ann$/, "txt")) as string);
    const ids = new Set<string>();
    // As Python cuts lines.
    for (const line of (contents as string).split(PYTHON_LINES).slice(0, -1)) {
      const [id = "", data = "", tail = ""] = line.split(/\t(.*?)(?:\t(.*))?$/s);
      assert.match(id, /^[TRA#]\d+$/);
      assert.ok(!ids.has(id), `${id} twice`);
      ids.add(id);
      if (id.startsWith("R")) {
        const [, from = "", to = ""] = /^[a-zA-Z0-9_-]+ Arg1:(T\d+) Arg2:(T\d+)$/.exec(data) ?? [];
        assert.ok(ids.has(from) && ids.has(to), `${id} is of nothing`);
        continue;
      }
      if (!id.startsWith("T")) {
        assert.ok(ids.has(data.split(" ")[1] ?? ""), `${id} is of nothing`);
        continue;
      }
      assert.match(data, /^[a-zA-Z0-9_-]+ \d+ \d+(?:;\d+ \d+)*$/);
      const spans = data
        .slice(data.indexOf(" ") + 1)
        .split(";")
        .map((pair) => pair.split(" ").map(Number) as [number, number]);
      for (const [index, [start, end]] of spans.entries()) {
        assert.ok(start <= end && end <= text.length);
        assert.ok(!spans.slice(0, index).some(([from, to]) => end >= from && start < to), "fragments overlap");
      }
      assert.equal(tail, spans.map(([start, end]) => text.slice(start, end).join("")).join(" "));
      checked++;
    }
  }
  return checked;
}

describe("datasets: brat", () => {
  it("counts code points, the fixed vector", async () => {
    const document = labelled("a.txt", VECTOR, {
      entities: [
        ["Zürich", "LOC"],
        ["Acme", "ORG"],
      ],
    });
    const { files } = await writeDataset(brat, [document], WRITER_OPTIONS);
    assert.equal(files.get("train/a.txt"), VECTOR);
    const texts = String(files.get("train/a.ann"))
      .split("\n")
      .filter((line) => line.startsWith("T"));
    assert.deepEqual(texts, ["T1\tLOC 9 15\tZürich", "T2\tORG 26 30\tAcme"]);
  });

  it("reads back what it wrote, decision by decision, as brat's own parser would", async function () {
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(labelledDocuments(), async (documents) => {
        const { written, read: back, aligned } = await roundTrip(brat, documents);
        checked += checkAsBrat(written.files);
        for (const document of documents) {
          const mine = back.documents.find(({ path }) => path === document.path);
          if (mine === undefined) continue;
          assert.equal(mine.text, document.text);
          const reported = written.losses.some(({ kind }) => kind === "trimmed" || kind === "dropped");
          if (reported) continue;
          assert.deepEqual(decisions(mine), decisions(document));
          assert.deepEqual(mine.layers[SPANS].reviewed, document.layers[SPANS].reviewed);
        }
        assert.ok(aligned.size <= documents.length);
      }),
      { numRuns: 200 },
    );
    assert.ok(checked > 100);
  });

  it("cuts an entity at line ends, Python's among them, and joins it again", async () => {
    const text = "Ada\r\nLovelace\u2028King met\n\nBob";
    const document = labelled("a.md", text, {
      entities: [
        ["Ada\r\nLovelace\u2028King", "PER"],
        ["\n\nBob", "PER"],
      ],
    });
    const { files, losses } = await writeDataset(brat, [document], WRITER_OPTIONS);
    const ann = String(files.get("train/a.md.ann"));
    assert.match(ann, /^T1\tPER 0 3;4 12;13 17\tAda Lovelace King$/m);
    assert.match(ann, /^T2\tPER 23 26\tBob$/m);
    assert.ok(losses.some(({ kind, exact }) => kind === "trimmed" && exact === "\n\nBob"));
    const back = read(Object.fromEntries(files));
    assert.equal(back.documents[0]!.text, text);
    assert.deepEqual(
      back.documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada\r\nLovelace\u2028King", "Bob"],
    );
  });

  it("renames labels that brat cannot store, says so, and gives their names back", async () => {
    const text = "Ada Bob Eve Max Joe";
    const names = ["名前", "a.b", "a,b", "Sentence", "--"];
    const document = labelled("a.txt", text, {
      entities: text.split(" ").map((word, index) => [word, names[index]!] as const),
    });
    const { files, losses } = await writeDataset(brat, [document], WRITER_OPTIONS);
    assert.deepEqual(
      losses.filter(({ kind }) => kind === "renamed").map(({ label }) => label),
      [...names].sort(),
    );
    const types = [...String(files.get("train/a.ann")).matchAll(/^T\d+\t(\S+)/gm)].map(([, type]) => type!);
    assert.equal(new Set(types).size, names.length);
    for (const type of types) {
      assert.match(type, /^[a-zA-Z0-9_-]+$/);
      assert.match(String(files.get("annotation.conf")), new RegExp(`^${type}$`, "m"));
    }
    assert.deepEqual(
      read(Object.fromEntries(files)).documents[0]!.layers[SPANS].labels.map(({ label }) => label),
      names,
    );
  });

  it("keeps a leading U+FEFF, file names apart, and paths inside", async () => {
    const documents = [
      labelled("a.txt", "\ufeffAda", { entities: [["Ada", "PER"]] }),
      labelled("a", "Bob", { entities: [["Bob", "PER"]] }),
      labelled("b.ann", "Eve", { entities: [["Eve", "PER"]] }),
      labelled("../c.txt", "Joe", { entities: [["Joe", "PER"]] }),
    ];
    const { files } = await writeDataset(brat, documents, WRITER_OPTIONS);
    assert.ok([...files.keys()].every((name) => !name.split("/").includes("..")));
    assert.match(String(files.get("train/a.txt.ann") ?? files.get("train/a.ann")), /PER/);
    const back = read(Object.fromEntries(files));
    assert.deepEqual(
      back.documents.map(({ path, text, layers }) => [path, text, layers[SPANS].labels[0]?.exact]).sort(),
      documents.map(({ path, text }) => [path, text, text.replace("\ufeff", "")]).sort(),
    );
  });

  it("drops what UTF-8 cannot hold, and says so", async () => {
    const text = "Ada \ud83d Bob";
    const document: LabelledDocument = labelled("a.txt", text, {
      entities: [
        ["Ada", "PER"],
        ["\ud83d Bob", "PER"],
      ],
    });
    const { files, losses } = await writeDataset(brat, [document], WRITER_OPTIONS);
    assert.equal(files.get("train/a.txt"), "Ada \ufffd Bob");
    assert.ok(losses.some(({ span, label }) => span?.start === 4 && label === "PER"));
    assert.ok([...files.values()].every((contents) => !/\p{Cs}/u.test(contents as string)));
    assert.deepEqual(
      read(Object.fromEntries(files)).documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada"],
    );
  });
});

describe("datasets: brat's own files", () => {
  const NEWS = "Sony bought CBS Records.\nIt was a record deal.\n";
  const ANN = [
    "T1\tOrganization 0 4\tSony",
    "T2\tOrganization 12 23\tCBS Records",
    "T3\tMerge-org 5 11\tbought",
    "E1\tMerge-org:T3 Org1:T1 Org2:T2",
    "R1\tOwner Arg1:T1 Arg2:T2\t",
    "A1\tNegation E1",
    "N1\tReference T1 Wikidata:Q41187\tSony",
    "*\tEquiv T1 T2",
    "T4\tThing 32 33;41 45\ta deal",
    "#1\tAnnotatorNotes T2\tCheck this",
    "",
  ].join("\n");
  const CONF =
    "[entities]\nOrganization\nThing\n!Place\n\tCity\n[relations]\nOwner Arg1:Organization\n[events]\nMerge-org Org1:Organization\n";

  it("takes entities, relations and events, and lists everything else by line", () => {
    const { documents, losses, labels, unit } = read({ "x/a.txt": NEWS, "x/a.ann": ANN, "annotation.conf": CONF });
    assert.equal(unit?.value, "codepoint");
    assert.deepEqual(labels?.entities, ["Organization", "Thing", "Place", "City"]);
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ label, exact }) => [label, exact]),
      [
        ["Organization", "Sony"],
        ["Organization", "CBS Records"],
        ["Merge-org", "bought"],
      ],
      "T4 is of two pieces, and what lies between is none of it",
    );
    assert.match(losses.find(({ line }) => line === 9)!.reason, /it is "a" and "deal", with other text between them/);
    const snapped = read({ "x/a.txt": NEWS, "x/a.ann": ANN }, { misaligned: "snap" });
    assert.ok(snapped.documents[0]!.layers[SPANS].labels.some(({ exact }) => exact === "a record deal"));
    assert.deepEqual(
      losses.map(({ kind, file, line }) => [kind, file, line]),
      [
        ["dropped", "x/a.ann", 7],
        ["dropped", "x/a.ann", 2],
        ["dropped", "x/a.ann", 9],
      ],
    );
    const byId = new Map(documents[0]!.layers[SPANS].labels.map((item) => [item.id, item.exact]));
    assert.deepEqual(
      documents[0]!.relations!.map(({ type, from, to }) => [type, byId.get(from), byId.get(to)]),
      [
        ["Org1", "bought", "Sony"],
        ["Org2", "bought", "CBS Records"],
        ["Owner", "Sony", "CBS Records"],
        ["Equiv", "Sony", "CBS Records"],
      ],
    );
    assert.deepEqual(documents[0]!.layers[SPANS].labels[2]!.attributes, { Negation: "true" }, "of the event");
  });

  it("finds out how CRLF, a byte order mark and the unit were counted", () => {
    const text = "I 😀 Ada\r\nBob and Zoë\r\nlove Eve.";
    const cp = (exact: string, from: string): string => {
      const start = Array.from(from.slice(0, from.indexOf(exact))).length;
      return `${start} ${start + Array.from(exact).length}\t${exact}`;
    };
    const u16 = (exact: string, from: string): string =>
      `${from.indexOf(exact)} ${from.indexOf(exact) + exact.length}\t${exact}`;
    const bytes = (exact: string, from: string): string => {
      const start = Buffer.byteLength(from.slice(0, from.indexOf(exact)));
      return `${start} ${start + Buffer.byteLength(exact)}\t${exact}`;
    };
    const unix = text.replaceAll("\r\n", "\n");
    const cases = [
      ...[cp, u16, bytes].flatMap((count) => [text, unix].map((from) => [count, text, from] as const)),
      ...[cp, u16].flatMap((count) =>
        [`\ufeff${unix}`, unix, `\ufeff${text}`].map((from) => [count, `\ufeff${text}`, from] as const),
      ),
    ];
    for (const [count, file, from] of cases) {
      const ann = ["Ada", "Zoë", "Eve"].map((name, index) => `T${index + 1}\tPER ${count(name, from)}\n`).join("");
      const { documents, losses } = read({ "a.txt": file, "a.ann": ann });
      assert.deepEqual(losses, []);
      assert.equal(documents[0]!.text, text);
      assert.deepEqual(
        documents[0]!.layers[SPANS].labels.map(({ exact, start }) => [exact, start]),
        [
          ["Ada", 5],
          ["Zoë", 18],
          ["Eve", 28],
        ],
      );
    }
  });

  it("reports malformed lines and takes the rest", () => {
    const lines = [
      "T1\tPER 0 3\tAda",
      "T1\tPER 4 7\tmet",
      "T2 PER 0 3 Ada",
      "T3\tPER 8 3\tBob",
      "T4\tPER 8 99\tBob",
      "T5\tPER x y\tBob",
      "T6\tPER 4 7\tBob",
      "T7\tPER 8 11\tBo",
      "?\tPER 8 11\tBob",
      "A1\tSure T99",
      "T8\tPER 8 1",
    ].join("\n");
    const refused = read({ "a.txt": "Ada met Bob", "a.ann": lines });
    assert.deepEqual(
      refused.documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada"],
    );
    assert.deepEqual(
      refused.losses.map(({ line }) => line).sort((a, b) => a! - b!),
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    );
    const snapped = read({ "a.txt": "Ada met Bob", "a.ann": lines }, { misaligned: "snap" });
    assert.deepEqual(
      snapped.documents[0]!.layers[SPANS].labels.map(({ exact, start }) => [exact, start]),
      [
        ["Ada", 0],
        ["Bob", 8],
        ["Bob", 8],
        ["Bo", 8],
      ],
    );
    assert.equal(snapped.losses.filter(({ kind }) => kind === "snapped").length, 3);
  });

  it("says what to do without text, or with text in another encoding, and reads the other documents", () => {
    assert.throws(() => read({ "a.ann": "T1\tPER 0 3\tAda" }), ReadError);
    const latin = Uint8Array.from([...Buffer.from("Ada\nZ"), 0xfc, 0x72]);
    const { documents, losses } = read({
      "a.txt": latin,
      "a.ann": "T1\tPER 0 3\tAda\n",
      "b.txt": "Bob",
      "b.ann": "T1\tPER 0 3\tBob\n",
      "c.ann": "",
      "glossator.json": '{"format":"brat","docum',
    });
    assert.deepEqual(
      documents.map(({ path }) => path),
      ["b.txt"],
    );
    assert.match(losses.find(({ file }) => file === "a.txt")?.reason ?? "", /line 2.*UTF-8/);
    assert.ok(losses.some(({ file }) => file === "c.ann"));
    assert.ok(losses.some(({ file }) => file === "glossator.json"));
  });

  it("takes an answer that a person changed in brat", async () => {
    const document = labelled("a.txt", "Ada met Bob in Rome.", {
      questions: [
        ["Who?", ["Ada", "Bob"]],
        ["Why?", []],
      ],
    });
    const files = Object.fromEntries((await writeDataset(brat, [document], WRITER_OPTIONS)).files) as Record<
      string,
      string
    >;
    const changed = files["train/a.ann"]!.replaceAll("Who?", "Who met?");
    const { documents } = read({
      ...files,
      "train/a.ann": `${changed}T9\tAnswer 15 19\tRome\n#9\tAnnotatorNotes T9\tWhere?\n`,
    });
    assert.deepEqual(
      documents[0]!.questions.map(({ question, answers }) => [question, answersIn(answers).map(({ exact }) => exact)]),
      [
        ["Who met?", ["Ada", "Bob"]],
        ["Where?", ["Rome"]],
        ["Why?", []],
      ],
    );
  });

  it("lines: any text parses to lines or problems, never throws", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("T1", "\t", " ", "PER", "0", "3", ";", "\n", "#", "A1", "*", "é", ":"), {
          maxLength: 40,
        }),
        (parts) => {
          const { lines, bad } = parseAnn(parts.join(""));
          assert.ok(lines.length + bad.length <= parts.filter((part) => part === "\n").length + 1);
        },
      ),
    );
  });
});

describe("datasets: line ends", () => {
  it("go to LF and back, offsets too", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "😀", "\n", "\r\n", "\r", "bc")), (parts) => {
        const text = parts.join("");
        const unix = new UnixText(text);
        assert.ok(!unix.text.includes("\r"));
        if (unix.ends !== undefined) assert.equal(withLineEnds(unix.text, unix.ends), text);
        for (let i = 0; i <= unix.text.length; i++) {
          assert.equal(unix.toUnix(unix.fromUnix(i)), i);
          assert.equal(unix.text.slice(0, i), text.slice(0, unix.fromUnix(i)).replace(/\r\n?/g, "\n"));
        }
      }),
    );
  });

  it("that do not fit the text are not put back", () => {
    assert.equal(withLineEnds("a\nb", [["crlf", 2]]), undefined);
    assert.equal(withLineEnds("a\nb", [["crlf", 1]]), "a\r\nb");
  });
});
