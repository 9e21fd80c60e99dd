import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { version } from "../../package.json";
import type { MarkScores } from "../../src/evaluation/evaluate-marks";
import { root } from "./support";

const cli = join(root, "out/cli.js");
const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

interface Labelled {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly score: number;
}
interface Line {
  readonly path: string;
  readonly offsets: string;
  readonly entities?: readonly Labelled[];
  readonly sentences?: readonly Labelled[];
  readonly answers?: readonly (Labelled & { readonly text: string })[];
}
interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

describe("command line", function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    assert.ok(existsSync(cli), "out/cli.js is missing: run `npm run bundle` first.");
    folder = mkdtempSync(join(tmpdir(), "glossator-cli-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, content: string | Uint8Array): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const start = (...args: string[]): ChildProcessWithoutNullStreams => {
    const env: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: join(folder, ".cache"), NO_COLOR: "1" };
    delete env["GLOSSATOR_MODEL"];
    return spawn(process.execPath, [cli, ...args], { cwd: folder, env });
  };
  const ended = (child: ChildProcessWithoutNullStreams): Promise<Ended> => {
    const [out, error]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => error.push(chunk));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) =>
        resolve({ code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() }),
      );
    });
  };
  const run = (...args: string[]): Promise<Ended> => {
    const child = start(...args);
    child.stdin.end();
    return ended(child);
  };
  const cpu = ["--device", "cpu"];
  const lines = (out: string): Line[] => {
    assert.ok(out === "" || out.endsWith("\n"));
    return out
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  };

  it("labels many files, names those it cannot read, does the rest, and says so by its exit code", async () => {
    const long = `${"x".repeat(1_048_576)} and then Angela Merkel met Barack Obama in Paris.`;
    const texts: Record<string, string> = {
      "empty.txt": "",
      "blank.txt": " \r\n\t\n",
      "nul.txt": "Angela Merkel visited Paris.\0\0What a wonderful film!",
      "crlf.txt": "\ufeffAngela Merkel visited Paris.\r\n\r\nThe food was terrible.\r\n",
      "note.md": "# Trip\n\n**Angela Merkel** visited [Paris](http://x.y).\n\n```\nBerlin\n```\n",
      "long.txt": long,
    };
    for (const [name, text] of Object.entries(texts)) put(name, text);
    put("latin1.txt", Buffer.from("caf\xe9", "latin1"));
    const names = [
      "empty.txt",
      "latin1.txt",
      "blank.txt",
      ".",
      "nul.txt",
      "absent.txt",
      "crlf.txt",
      "note.md",
      "long.txt",
    ];
    const { code, out, error } = await run("label", "--json", "--unmarked", ...cpu, ...names);
    assert.equal(code, 1, error);
    assert.match(error, /latin1\.txt: it is not UTF-8/);
    assert.match(error, /^\.: it is a folder/m);
    assert.match(error, /absent\.txt: there is no such file/);
    const found = lines(out);
    assert.deepEqual(
      found.map(({ path }) => path),
      Object.keys(texts),
    );
    const entities = new Map(
      found.map(({ path, entities = [] }) => [path, entities.map(({ start, end }) => texts[path]!.slice(start, end))]),
    );
    assert.deepEqual(found[0], { path: "empty.txt", offsets: "utf16", entities: [], sentences: [] });
    assert.deepEqual([found[1]!.entities, found[1]!.sentences], [[], []]);
    for (const name of ["nul.txt", "crlf.txt", "note.md"])
      for (const entity of ["Angela Merkel", "Paris"])
        assert.ok(entities.get(name)!.includes(entity), `${name}: ${entity}`);
    assert.ok(!entities.get("note.md")!.includes("Berlin"), "code is not read");
    assert.ok(entities.get("long.txt")!.includes("Barack Obama"), "the end of a line of 1 MB is read");
    const [visit, food] = found[3]!.sentences!;
    assert.equal(texts["crlf.txt"]!.slice(food!.start, food!.end), "The food was terrible.");
    assert.equal(food!.label, "negative");
    assert.equal(visit!.label, "neutral");
    for (const { entities = [], sentences = [] } of found)
      for (const { score } of [...entities, ...sentences]) assert.ok(score > 0 && score <= 1);
  });

  it("gives the same spans in UTF-16 units, code points and bytes", async () => {
    const file = put("vector.txt", VECTOR);
    const units = ["utf16", "codepoint", "byte"];
    const results = await Promise.all(
      units.map((unit) => run("label", "--json", ...cpu, "--min-confidence", "0", "--offsets", unit, file)),
    );
    const found = results.map(({ code, out, error }) => {
      assert.equal(code, 0, error);
      return lines(out)[0]!;
    });
    const expected = [
      { Zürich: [10, 16], Acme: [30, 34] },
      { Zürich: [9, 15], Acme: [26, 30] },
      { Zürich: [12, 19], Acme: [43, 47] },
    ];
    for (const [i, line] of found.entries()) {
      assert.equal(line.offsets, units[i]);
      const spans = line.entities!.map(({ start, end }) => [start, end]);
      assert.deepEqual(spans, Object.values(expected[i]!));
      assert.deepEqual(
        line.entities!.map(({ label, score }) => [label, score]),
        found[0]!.entities!.map(({ label, score }) => [label, score]),
      );
    }
  });

  it("reads standard input, and tells people what it found and where", async () => {
    const child = start("label", ...cpu, "-");
    child.stdin.end("The museum opened in 1900.\nAngela Merkel visited Paris.\nWhat a wonderful \u001b[31mfilm!\n");
    const { code, out, error } = await ended(child);
    assert.equal(code, 0, error);
    assert.match(out, /Angela Merkel +PER +\d+ % +2:1\b/);
    assert.match(out, /Paris +LOC +\d+ % +2:23\b/);
    assert.match(out, /What a wonderful .*film! +positive +\d+ % +3:1\b/);
    assert.ok(!out.includes("The museum"), "a sentence without an opinion is not shown");
    assert.ok(!out.includes("\u001b"), "text does not steer the terminal");
  });

  it("labels rows of JSON Lines, gives each back as it was with its labels, and names those that it cannot take", async () => {
    const rows = [
      '\uFEFF{"id": 12345678901234567890, "text": "Angela Merkel visited Paris.", "at": 1.50}',
      "",
      " { } ",
      '{"text": "\u{1F600} Bill Gates\u2028came."}\t',
      "Bill Gates",
      '["Bill Gates"]',
      '{"text": ["Bill Gates"]}',
      '{"text": "x", "glossator": {}}',
      '{"text":""}',
    ];
    const file = put(
      "rows/corpus.jsonl",
      Buffer.concat([Buffer.from(`${rows.join("\n")}\n`), Buffer.from([0xff, 0x0a])]),
    );
    const { code, out, error } = await run("label", "--rows", "text", "--offsets", "codepoint", ...cpu, file);
    assert.equal(code, 1);
    const lines = out.trimEnd().split("\n");
    assert.equal(lines.length, 3, out);
    assert.ok(
      lines[0]!.startsWith(`${rows[0]!.slice(1, -1)},"glossator":{"offsets":"codepoint","entities":[`),
      lines[0],
    );
    const labels = lines.map((line) => JSON.parse(line) as { text: string; glossator: Line });
    assert.deepEqual(
      labels.map(({ text, glossator }) =>
        glossator.entities!.map(({ start, end, label }) => [Array.from(text).slice(start, end).join(""), label]),
      ),
      [
        [
          ["Angela Merkel", "PER"],
          ["Paris", "LOC"],
        ],
        [["Bill Gates", "PER"]],
        [],
      ],
    );
    const why = (line: number): string | undefined =>
      error.split("\n").find((said) => said.startsWith(`${file}:${line}: `));
    assert.match(why(3)!, /its property "text" is not there/);
    assert.match(why(5)!, /it is not JSON/);
    assert.match(why(6)!, /it is no JSON object/);
    assert.match(why(7)!, /its property "text" is no text/);
    assert.match(why(8)!, /it has a property "glossator" already/);
    assert.match(why(10)!, /it is not UTF-8 text/);
    assert.equal(why(2), undefined);
    assert.equal((await run("label", "--rows", "text", ...cpu, join(folder, "nowhere.jsonl"))).code, 1);
  });

  it("reads the Markdown cells of a notebook, each a document, and names a notebook that it cannot read", async () => {
    const cell = (id: string, type: string, source: unknown): object => ({ id, cell_type: type, metadata: {}, source });
    const cells = [
      cell("one", "markdown", ["# Notes\n", "\n", "**Angela Merkel** visited Paris."]),
      cell("two", "code", "name = 'Angela Merkel'"),
      cell("three", "markdown", "Bill Gates won the race in London."),
    ];
    const notebook = put("notes.ipynb", JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
    const old = put("old.ipynb", JSON.stringify({ nbformat: 4, nbformat_minor: 2, metadata: {}, cells }));
    const bare = put("bare.ipynb", JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cells[1]] }));
    const { code, out, error } = await run("label", "--json", ...cpu, notebook, old, bare);
    assert.equal(code, 1);
    assert.match(error, /bare\.ipynb: it has no Markdown cell/);
    assert.match(error, /old\.ipynb: .*nbformat 4\.2.*from 4\.5 on/);
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    assert.deepEqual(
      lines.map(({ path, entities }) => [path, entities!.map(({ start, end }) => [start, end])]),
      [
        [
          `${notebook}#cell-id=one`,
          [
            [11, 24],
            [35, 40],
          ],
        ],
        [
          `${notebook}#cell-id=three`,
          [
            [0, 10],
            [27, 33],
          ],
        ],
      ],
    );
    const asked = await run("ask", "--json", ...cpu, "--question", "Who won the race?", notebook);
    const answers = asked.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    assert.equal(answers[1]!.answers![0]!.text, "Bill Gates");
    assert.equal((await run("label", "--json", "--language", "plaintext", ...cpu, notebook)).out.split("\n").length, 2);
  });

  it("labels words as they are split, and delivers all of a large result to a slow reader", async () => {
    const sentence = "Angela Merkel visited Paris .";
    const file = put("words.txt", `${sentence}\n${"Fine .\n".repeat(1500)}${sentence}`);
    const child = start("label", "--json", "--words", "--unmarked", ...cpu, file);
    child.stdin.end();
    child.stdout.pause();
    const end = ended(child);
    child.stdout.pause();
    setTimeout(() => child.stdout.resume(), 6000);
    const { code, out, error } = await end;
    assert.equal(code, 0, error);
    assert.ok(out.length > 65_536, "more than a pipe holds");
    const [line] = lines(out);
    assert.equal(line!.sentences!.length, 1502);
    const text = readFileSync(file, "utf8");
    const words = new Set([...text.matchAll(/\S+/g)].flatMap((w) => [w.index, w.index + w[0].length]));
    for (const { start, end } of line!.entities!) assert.ok(words.has(start) && words.has(end));
    const last = line!.entities!.filter(({ start }) => start >= text.length - sentence.length);
    assert.deepEqual(
      last.map(({ start, end, label }) => [text.slice(start, end), label]),
      [
        ["Angela Merkel", "PER"],
        ["Paris", "LOC"],
      ],
    );
  });

  it("marks what the editor marks, and other things when other confidences are asked for", async () => {
    const prose = "The food was terrible, and the film was boring.";
    const text = `# Contributing\n\n${prose}\n\n| Features | Options |\n|---|---|\n| Usage | Key characteristics |\n\nAngela Merkel opened the station.\n`;
    const file = put("marks.md", text);
    const label = async (...args: string[]): Promise<Line> => {
      const { code, out, error } = await run("label", "--json", ...cpu, ...args, file);
      assert.equal(code, 0, error);
      return lines(out)[0]!;
    };
    const [usual, all, least, sure] = await Promise.all([
      label(),
      label("--unmarked"),
      label("--min-confidence", "0"),
      label("--min-confidence", "entities=0.9999,sentiment=0.9999"),
    ]);
    assert.deepEqual(
      usual.sentences!.map(({ start, end, label }) => [text.slice(start, end), label]),
      [[prose, "negative"]],
    );
    assert.deepEqual(
      usual.entities!.map(({ start, end }) => text.slice(start, end)),
      ["Angela Merkel"],
    );
    assert.equal(all.sentences!.length, 7);
    for (const { score } of usual.entities!) assert.ok(score >= 0.5);
    assert.ok(least.entities!.length >= usual.entities!.length);
    assert.deepEqual([sure.entities, sure.sentences], [[], []]);
    for (const wrong of ["1", "x", "entities=0.5,entities=0.6", "answers=0.5", "entities"])
      assert.equal((await run("label", "--min-confidence", wrong, file)).code, 2, wrong);
  });

  it("answers a question from each file, the spans being the answers' text", async () => {
    const filler = "The weather in the valley stayed mild for most of the year. ".repeat(30);
    const text = `${filler}\n\nAlexander Fleming discovered penicillin in London in 1928.\n\n${filler}`;
    const file = put("science.txt", text);
    const question = "Who discovered penicillin?";
    const { code, out, error } = await run("ask", "--json", "--top", "3", ...cpu, "-q", question, file, "absent.txt");
    assert.equal(code, 1);
    assert.match(error, /absent\.txt: there is no such file/);
    const [line, ...more] = lines(out);
    assert.equal(more.length, 0);
    const answers = line!.answers!;
    assert.ok(answers.length >= 1 && answers.length <= 3);
    assert.equal(answers[0]!.text, "Alexander Fleming");
    for (const [i, { start, end, text: said, score }] of answers.entries()) {
      assert.equal(text.slice(start, end), said);
      assert.ok(score <= (answers[i - 1]?.score ?? 1));
      for (const other of answers.slice(0, i)) assert.ok(end <= other.start || other.end <= start, "no overlaps");
    }
  });

  it("reads as many passages as it is told, and says when nothing is likely enough", async () => {
    const model = ["--model", join(root, "test/fixtures/answers-model"), ...cpu];
    const text = Array.from({ length: 60 }, (_, i) => `Anna ${i} lives in Paris. Bob works at a mill in Rome.`).join(
      "\n\n",
    );
    const file = put("passages.txt", text);
    const ask = ["ask", ...model, "-q", "Where lives Anna?", "--passages", "6"];
    const { code, out, error } = await run(...ask, "--json", "--min-confidence", "0", "--index", file);
    assert.equal(code, 0, error);
    const { answers } = lines(out)[0]!;
    assert.ok(answers!.length > 0);
    for (const { start, end, text: said } of answers!) assert.equal(text.slice(start, end), said);
    const none = await run(...ask, "--min-confidence", "0.999", file);
    assert.equal(none.code, 0, none.error);
    assert.match(none.out, /No answer found; closest: ".+", \d+\.\d\d %/);
  });

  it("answers many questions in one run, each within a block, from code too, and says where there is no answer", async () => {
    const text = [
      "# Server",
      "The variable `GLOSS_PORT` sets the port of the server.",
      "The host is set with the other variable.",
      "```sh\nGLOSS_MODE=fast npm start\n```",
      "| Name | Role |\n|---|---|\n| Maria Keller | treasurer |\n| Paul Winter | secretary |",
      "Minutes of the meeting follow.",
    ].join("\n\n");
    const file = put("server.md", text);
    const questions = [
      "Which variable sets the port of the server?",
      "Who is the treasurer?",
      "Who won the world cup of 1990?",
    ];
    const list = put(
      "questions.txt",
      `\ufeff${questions[0]}\r\n\r\n  ${questions[1]}\n${questions[2]}\n${"long ".repeat(300)}\n`,
    );
    const { code, out, error } = await run("ask", "--json", ...cpu, "--questions", list, file);
    assert.equal(code, 1, error);
    assert.match(error, /"long long .*" is left out: The question is too long/);
    const found = out
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as Line & { question: string; noAnswer: boolean; closest?: Labelled & { text: string } },
      );
    assert.deepEqual(
      found.map(({ question }) => question),
      questions,
    );
    const [port, treasurer, cup] = found;
    assert.equal(port!.answers![0]!.text, "GLOSS_PORT");
    assert.equal(port!.noAnswer, false);
    for (const { answers, closest } of [port!, treasurer!, cup!])
      for (const { start, end, text: said } of [...answers!, ...(closest ? [closest] : [])]) {
        assert.equal(text.slice(start, end), said);
        assert.ok(!/[\n|]/.test(said), said);
      }
    assert.deepEqual([cup!.noAnswer, cup!.answers], [true, []]);
    assert.ok(cup!.closest);
    const table = await run("ask", ...cpu, "--question", questions[2]!, file);
    assert.match(table.out, /No answer found; closest: ".+", \d+\.\d\d %/);
  });

  it("measures answers on SQuAD, and how the paragraphs are found", async () => {
    const paragraphs = Array.from({ length: 24 }, (_, i) => ({
      context: `Anna ${i} lives in Paris. The lamp ${i} is green.`,
      qas: [{ question: `What is lamp ${i}?`, answers: [{ text: "green" }] }],
    }));
    put("squad-data/squad/dev-v1.1.json", JSON.stringify({ data: [{ paragraphs }] }));
    const model = ["--model", join(root, "test/fixtures/answers-model"), ...cpu];
    const args = [
      "evaluate",
      ...model,
      "--data",
      join(folder, "squad-data"),
      "--corpus",
      "squad,squad-file",
      "--limit",
      "12",
    ];
    const { code, out, error } = await run(...args, "--json");
    assert.equal(code, 0, error);
    const { corpora } = JSON.parse(out) as {
      corpora: {
        squad: { total: number; f1: number };
        "squad-file": {
          paragraphs: number;
          recall: Record<string, { at5: { correct: number; total: number } }>;
          answers: { total: number };
        };
      };
    };
    assert.equal(corpora.squad.total, 12);
    const file = corpora["squad-file"];
    assert.deepEqual([file.paragraphs, file.answers.total], [24, 12]);
    // Each question names the number that is in its paragraph alone.
    assert.deepEqual(file.recall["words"]!.at5, { value: 1, correct: 12, total: 12 });
    const table = await run(...args);
    assert.match(table.out, /gold paragraph among 20 of 24, by both/);
  });

  it("answers wrong usage with exit code 2, and writes nothing to standard output", async () => {
    const file = put("a.txt", "x");
    const wrong = [
      ["label"],
      ["label", "--nonsense", file],
      ["label", "--offsets", "chars", file],
      ["label", "--threads", "0", file],
      ["label", "--tasks", "opinions", file],
      ["label", "-", "-"],
      ["ask", file],
      ["ask", "-q", " ", file],
      ["ask", "-q", "Who?", "--questions", file, file],
      ["ask", "--questions", join(folder, "absent"), file],
      ["ask", "--questions", "-", "-"],
      ["evaluate", "--data", join(folder, "absent")],
      ["export", "--out", "o", "--validation", "0.6", "--test", "0.4"],
      ["nonsense"],
    ];
    for (const args of wrong) {
      const { code, out, error } = await run(...args);
      assert.deepEqual([code, out], [2, ""], args.join(" "));
      assert.ok(error.length > 0 && !error.includes("    at "), error);
    }
  });

  it("tells its version and its help", async () => {
    assert.deepEqual(await run("--version"), { code: 0, out: `${version}\n`, error: "" });
    const { code, out } = await run("help");
    assert.equal(code, 0);
    for (const word of ["label", "ask", "export", "agreement", "compact", "evaluate", "Exit codes", "byte order mark"])
      assert.ok(out.includes(word));
  });

  it("answers a model that is missing or broken with exit code 3, and says which", async () => {
    const file = put("a.txt", "x");
    const missing = join(folder, "no-model");
    const broken = dirname(put("broken-model/manifest.json", "{"));
    for (const model of [missing, broken]) {
      const { code, out, error } = await run("label", "--json", "--model", model, file);
      assert.deepEqual([code, out], [3, ""], error);
      assert.ok(error.includes(model) && !error.includes("    at "), error);
    }
  });

  it("exports the decisions of a workspace, and names what it cannot read", async () => {
    const workspace = dirname(put("ws/a.txt", VECTOR));
    const sink = new Journal(join(workspace, ".glossator"), "a.txt", "ann");
    const labels = new DocumentLabels({ text: VECTOR, author: "ann", sink });
    await labels.add("entities", { start: 10, end: 16 }, "LOC").saved;
    await labels.markReviewed({ start: 0, end: VECTOR.length }, "entities").saved;
    const args = [
      "export",
      "--workspace",
      workspace,
      "--out",
      join(folder, "sets"),
      "--format",
      "conll2003,huggingface",
    ];
    const first = await run(...args);
    assert.equal(first.code, 0, first.error);
    assert.match(readFileSync(join(folder, "sets/conll2003/train.txt"), "utf8"), /^Zürich\b.*B-LOC$/m);
    const again = await run(...args);
    assert.equal(again.code, 1, "an earlier export is not overwritten unless asked");
    const forced = await run(...args, "--force", "--json");
    assert.equal(forced.code, 0, forced.error);
    assert.equal(forced.out.trim().split("\n").length, 2);
    assert.equal((await run("export", "--workspace", "nowhere", "--out", "o")).code, 1);
  });

  it("exports and imports the documents and splits that are named, and stops at a name that stands for nothing", async () => {
    const workspace = join(folder, "chosen");
    for (const name of ["a.txt", "notes/b.txt", "notes/c.txt"]) {
      put(`chosen/${name}`, VECTOR);
      const sink = new Journal(join(workspace, ".glossator"), name, "ann");
      const labels = new DocumentLabels({ text: VECTOR, author: "ann", sink });
      await labels.add("entities", { start: 10, end: 16 }, "LOC").saved;
      await labels.markReviewed({ start: 0, end: VECTOR.length }, "entities").saved;
    }
    const out = join(folder, "chosen-sets");
    const exporting = ["export", "--workspace", workspace, "--out", out, "--format", "csv", "--validation", "0"];
    const unknown = await run(...exporting, "--documents", "a.txt", "noets");
    assert.equal(unknown.code, 1);
    assert.match(unknown.error, /noets: nothing was decided there/);
    const some = await run(...exporting, "--documents", "notes", "--json");
    assert.equal(some.code, 0, some.error);
    assert.equal((JSON.parse(some.out) as { documents: number }).documents, 2);

    const source = join(folder, "splits");
    const head = "document,start_utf16,end_utf16,label,text\n";
    put("splits/train.csv", `${head}a.txt,30,34,ORG,Acme\n`);
    put("splits/test.csv", `${head}a.txt,0,1,PER,I\nnotes/b.txt,30,34,ORG,Acme\n`);
    const importing = ["import", source, "--workspace", workspace, "--dry-run", "--json"];
    const added = async (...more: string[]): Promise<[string, number][]> => {
      const { code, out: json, error } = await run(...importing, ...more);
      assert.equal(code, 0, error);
      const { preview } = JSON.parse(json) as { preview: { documents: { path: string; added: number }[] } };
      return preview.documents.map((one) => [one.path, one.added]);
    };
    const reach = VECTOR.indexOf("Acme");
    assert.equal(reach, 30);
    assert.deepEqual(await added(), [
      ["a.txt", 2],
      ["notes/b.txt", 1],
    ]);
    assert.deepEqual(await added("--splits", "train"), [["a.txt", 1]]);
    assert.deepEqual(await added("--documents", "notes/"), [["notes/b.txt", 1]]);
    const missing = await run(...importing, "--splits", "validation");
    assert.equal(missing.code, 1);
    assert.match(missing.error, /split validation; there is train, test/);
  });

  it("ends an import that left something out with a code that says so", async () => {
    const workspace = join(folder, "damaged");
    put("damaged/a.txt", VECTOR);
    const row = (end: number): string => `${JSON.stringify({ text: VECTOR, label: [[9, end, "LOC"]] })}\n`;
    const importing = (name: string, ...more: string[]) =>
      run(
        "import",
        put(name, name === "whole.jsonl" ? row(15) : `${row(15)}{"text": "cut`),
        "--workspace",
        workspace,
        "--into",
        "imported",
        ...more,
      );
    assert.equal((await importing("whole.jsonl", "--dry-run")).code, 0);
    const dry = await importing("cut.jsonl", "--dry-run");
    assert.equal(dry.code, 1);
    assert.match(dry.error, /cut.jsonl:2: the line is not JSON, or cut off/);
    const done = await importing("cut.jsonl");
    assert.equal(done.code, 1);
    assert.match(done.out, /1 new decisions/);
  });

  it("measures agreement, lists disagreements, and names what it cannot read", async () => {
    const workspace = join(folder, "annotated");
    const text = "Ada met Bob in Rome. It was bad.";
    put("annotated/a.txt", text);
    const on = (exact: string) => ({ start: text.indexOf(exact), end: text.indexOf(exact) + exact.length });
    for (const [author, label, opinion] of [
      ["ann", "LOC", "negative"],
      ["bob", "ORG", "negative"],
    ] as const) {
      const journal = new Journal(join(workspace, ".glossator"), "a.txt", author);
      const labels = new DocumentLabels({ text, author, sink: journal });
      await labels.add("entities", on("Ada"), "PER").saved;
      await labels.add("entities", on("Rome"), label).saved;
      await labels.add("sentiment", on("It was bad."), opinion).saved;
      await labels.markReviewed({ start: 0, end: text.length }, "entities").saved;
    }
    const json = await run("agreement", "--workspace", workspace, "--json");
    assert.equal(json.code, 0, json.error);
    const found = JSON.parse(json.out) as {
      annotators: string[];
      tasks: { entities: { units: number; pairs: { exact: { f1: number } }[] }; sentiment: { units: number } };
      disagreements: { task: string; state: string; region: { start: number } }[];
    };
    assert.deepEqual(found.annotators, ["ann", "bob"]);
    assert.equal(found.tasks.entities.units, 10);
    assert.equal(found.tasks.entities.pairs[0]?.exact.f1, 0.5);
    assert.equal(found.tasks.sentiment.units, 1);
    assert.deepEqual(
      found.disagreements.map(({ task, state, region }) => [task, state, region.start]),
      [["entities", "open", on("Rome").start]],
    );
    const table = await run("agreement", "--workspace", workspace);
    assert.match(table.out, /entities: 10 words compared, 10 of them by all 2\. 1 disagreement, 0 settled\./);
    assert.match(table.out, /^ ann – bob +all +10 +0\.900/m);
    rmSync(join(workspace, "a.txt"));
    const gone = await run("agreement", "--workspace", workspace);
    assert.equal(gone.code, 1);
    assert.match(gone.error, /a\.txt: it does not exist/);
    assert.equal((await run("agreement", "--workspace", "nowhere")).code, 1);
  });

  it("compacts logs, one annotator's or everybody's, and keeps every line", async () => {
    const workspace = join(folder, "long");
    const value = { label: "PER", span: { start: 0, end: 3 }, quote: { exact: "Ada", prefix: "", suffix: "" } };
    const files = [];
    for (const author of ["ann", "bob"]) {
      const journal = new Journal(join(workspace, ".glossator"), "a.txt", author);
      const events = Array.from({ length: 150 }, (_, i): DecisionEvent[] => {
        const head = { v: 1, time: "2026-01-01T00:00:00.000Z", author, task: "entities", unit: "utf16" } as const;
        const [id, undo] = [`${String(i).padStart(4, "0")}a`, `${String(i).padStart(4, "0")}b`];
        return [
          { ...head, id, act: id, kind: "added", annotation: id, new: value },
          { ...head, id: undo, act: undo, kind: "undone", undoes: id },
        ];
      });
      await journal.append(events.flat());
      files.push(journal.path);
    }
    const [ann, bob] = files as [string, string];
    const before = readFileSync(bob, "utf8");
    const one = await run("compact", "--workspace", workspace, "--annotator", "ann", "--json");
    assert.equal(one.code, 0, one.error);
    const report = JSON.parse(one.out) as { document: string; moved: number; kept: number };
    assert.deepEqual([report.document, report.moved, report.kept], ["a.txt", 200, 100]);
    assert.equal(readFileSync(bob, "utf8"), before);
    const lines = (file: string) => readFileSync(file, "utf8").trim().split("\n");
    assert.equal(new Set([...lines(ann), ...lines(`${ann}.archive`)]).size, 300);
    assert.match((await run("compact", "--workspace", workspace)).out, /^ a\.txt +200 +100 +\d+ KB → \d+ KB$/m);
    assert.match((await run("compact", "--workspace", workspace)).out, /Nothing to move: all 2 logs are as short/);
  });

  it("measures the model on corpora, and leaves out with a word what is not there", async () => {
    const data = join(folder, "data");
    put("data/sst2/dev.tsv", "label\tsentence\n1\ta wonderful , moving film\n0\ta terrible , boring mess\n");
    const sentence =
      "Angela NNP I-NP I-PER\nMerkel NNP I-NP I-PER\nvisited VBD I-VP O\nParis NNP I-NP I-LOC\n. . O O\n\n";
    for (const part of ["testa", "testb"]) put(`data/conll2003/eng.${part}`, `-DOCSTART- -X- O O\n\n${sentence}`);
    const { code, out, error } = await run("evaluate", "--json", ...cpu, "--data", data);
    assert.equal(code, 1);
    assert.match(error, /squad is left out: .*dev-v1\.1\.json is missing/);
    const { corpora } = JSON.parse(out) as { corpora: Record<string, Record<string, Record<string, number>>> };
    assert.deepEqual(corpora["sst2"]!["accuracy"], { value: 1, correct: 2, total: 2 });
    assert.equal(corpora["conll2003"]!["testb"]!["f1"], 1);
    assert.equal(corpora["squad"], undefined);
    put(
      "data/squad/dev-v1.1.json",
      JSON.stringify({
        data: [{ paragraphs: [{ context: "It rained. It was May.", qas: [{ question: "?", answers: [] }] }] }],
      }),
    );
    const readme = "# Contents\n\nThis is a wonderful and moving film, and I loved every minute of it.\n";
    put("packages/@a/b/README.md", readme);
    put("packages/c/readme.md", readme);
    const marks = await run(
      "evaluate",
      "--json",
      ...cpu,
      "--data",
      data,
      "--corpus",
      "marks",
      "--readmes",
      join(folder, "packages"),
    );
    assert.equal(marks.code, 0, marks.error);
    const { readmes, expository, opinions } = (JSON.parse(marks.out) as { corpora: { marks: MarkScores } }).corpora
      .marks;
    assert.deepEqual([readmes.files, readmes.marked.correct, readmes.marked.total], [2, 2, 4]);
    assert.equal(readmes.kinds.heading!.marked.correct, 0);
    assert.deepEqual([expository.marked.total, opinions.marked.total, opinions.right.value], [2, 2, 1]);
  });

  it("ends quietly when the reader of its output goes away", async () => {
    const file = put("many.txt", "Fine .\n".repeat(1500));
    const child = start("label", "--json", "--words", ...cpu, file);
    child.stdin.end();
    child.stdout.destroy();
    const { code, error } = await ended(child);
    assert.equal(code, 0, error);
    assert.ok(!/EPIPE| {4}at /.test(error), error);
  });

  it("ends with 130 at Ctrl-C, and takes the model process with it", async function () {
    // The model process is found through /proc.
    if (process.platform !== "linux") this.skip();
    const child = start("label", "--json", ...cpu, "-");
    const end = ended(child);
    const children = () => readFileSync(`/proc/${child.pid!}/task/${child.pid!}/children`, "utf8").trim();
    while (children() === "") await new Promise((resolve) => setTimeout(resolve, 20));
    const engine = children().split(" ")[0]!;
    // Standard input stays open: there is always something to wait for.
    child.kill("SIGINT");
    const { code, out } = await end;
    assert.deepEqual([code, out], [130, ""]);
    assert.ok(!existsSync(`/proc/${engine}`), "the model process has ended");
  });
});
