import { strict as assert } from "node:assert";
import { PassThrough, Readable, Writable } from "node:stream";
import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { askDocument, readPassages } from "../../src/commands/asking";
import { distinctAnswers } from "../../src/engine/distinct-answers";
import { CommandError, EXIT } from "../../src/commands/exit";
import { decodeUtf8, InputError, readInput } from "../../src/commands/input";
import type { InputDocument } from "../../src/commands/input";
import { languageOf } from "../../src/text/document";
import { jsonLine } from "../../src/commands/json";
import { labelDocuments, sentenceSegments, wordSegments } from "../../src/commands/labelling";
import { checkFiles, fraction, fractionsOf, integer, listOf } from "../../src/commands/options";
import { LineColumns } from "../../src/text/line-columns";
import { excerpt, percent, table } from "../../src/commands/tables";
import { printable, Terminal } from "../../src/commands/terminal";
import type { Answer } from "../../src/engine/protocol";
import { PASSAGE_UNITS, passagesOf } from "../../src/text/passages";

const never = new AbortController().signal;

describe("command line: options", () => {
  it("reads numbers and lists, and refuses all others", () => {
    assert.equal(integer(1)("12"), 12);
    for (const bad of ["0", "-1", "1.5", "1e3", "", " 2", "x", "99999999999999999999"])
      assert.throws(() => integer(1)(bad), InvalidArgumentError, bad);
    assert.equal(fraction("0.2"), 0.2);
    for (const bad of ["1", "-0.1", "", "x", "NaN", "Infinity"])
      assert.throws(() => fraction(bad), InvalidArgumentError, bad);
    const shares = fractionsOf(["entities", "sentiment"]);
    assert.deepEqual(shares("0.3"), { entities: 0.3, sentiment: 0.3 });
    assert.deepEqual(shares("sentiment=0.9"), { sentiment: 0.9 });
    assert.deepEqual(shares("sentiment=0.9, entities=0"), { sentiment: 0.9, entities: 0 });
    for (const bad of [
      "",
      "1",
      "a=0.1",
      "entities",
      "entities=",
      "entities=0.1=0.2",
      "entities=0.1,entities=0.2",
      "=0.1",
    ])
      assert.throws(() => shares(bad), InvalidArgumentError, bad);
    const tasks = listOf(["entities", "sentiment"] as const);
    assert.deepEqual(tasks("sentiment, entities,entities"), ["entities", "sentiment"]);
    for (const bad of ["", ",", "opinions", "entities,constructor"])
      assert.throws(() => tasks(bad), InvalidArgumentError, bad);
  });

  it("reads standard input once", () => {
    checkFiles(["-", "a", "a"]);
    assert.throws(
      () => checkFiles(["-", "-"]),
      (error) => error instanceof CommandError && error.exitCode === EXIT.usage,
    );
  });

  it("knows Markdown by its extension", () => {
    assert.deepEqual(["a.md", "A.MARKDOWN", "a.txt", "md", "-", "x.md/y"].map(languageOf), [
      ...["markdown", "markdown", "plaintext", "plaintext", "plaintext", "plaintext"],
    ]);
  });
});

describe("command line: input", () => {
  const stdin = (...parts: Uint8Array[]) => Readable.from(parts.map((part) => Buffer.from(part)));

  it("keeps the byte order mark, NUL and line ends, and joins characters cut between chunks", async () => {
    assert.equal(decodeUtf8("x", Buffer.from("\ufeffa\0b\r\n")), "\ufeffa\0b\r\n");
    const bytes = Buffer.from("Zürich 😀");
    const { text } = await readInput(
      "-",
      stdin(bytes.subarray(0, 2), bytes.subarray(2, 10), bytes.subarray(10)),
      never,
    );
    assert.equal(text, "Zürich 😀");
    assert.equal((await readInput("-", stdin(), never)).text, "");
  });

  it("refuses what is not UTF-8, a folder and a missing file, each by its name", async () => {
    for (const bytes of [[0xff, 0xfe, 0x41, 0], [0xe9], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98]])
      assert.throws(() => decodeUtf8("odd.txt", Uint8Array.from(bytes)), /odd\.txt: it is not UTF-8/);
    const refused = (path: string, message: RegExp) =>
      assert.rejects(
        readInput(path, stdin(), never),
        (error) => error instanceof InputError && message.test(error.message),
      );
    await refused(__dirname, /it is a folder/);
    await refused(`${__dirname}/absent.txt`, /absent\.txt: there is no such file/);
    await refused(`${__filename}/x`, /not a folder/);
  });

  it("stops waiting for standard input when told to", async () => {
    const stop = new AbortController();
    const waiting = readInput("-", new PassThrough(), stop.signal);
    stop.abort();
    await assert.rejects(waiting, (error) => error === stop.signal.reason);
  });
});

describe("command line: output", () => {
  const text = (value: Readonly<Record<string, unknown>>) => [...jsonLine(value)].join("");

  it("writes what JSON.stringify writes, in pieces and one line", () => {
    const value = { a: "x\u2028y\n", list: Array.from({ length: 4500 }, (_, i) => ({ i })), none: [], gone: undefined };
    assert.deepEqual(JSON.parse(text(value)), JSON.parse(JSON.stringify(value)));
    assert.ok([...jsonLine(value)].length > 3);
    assert.equal(text({}), "{}\n");
    const hard = fc.constantFrom("a", "\u2028", "\u2029", "\u0085", "\n", "\r", "\0", "😀", "\ud800", '"', "\\");
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: hard, maxLength: 8 }),
          fc.oneof(fc.string({ unit: hard }), fc.array(fc.string({ unit: hard })), fc.jsonValue({ maxDepth: 1 })),
          { maxKeys: 5 },
        ),
        (random) => {
          const line = text(random);
          assert.match(line, /^[^\n\r\u0085\u2028\u2029]*\n$/);
          assert.deepEqual(JSON.parse(line), JSON.parse(JSON.stringify(random)));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("counts lines and columns from 1, with every line end", () => {
    const lines = new LineColumns("ab\r\ncd\re\n\nf");
    assert.deepEqual(
      [0, 1, 4, 7, 9, 10, 11].map((at) => lines.at(at)),
      ["1:1", "1:2", "2:1", "3:1", "4:1", "5:1", "5:2"],
    );
  });

  it("lets no text steer the terminal", () => {
    assert.equal(printable("a\u001b[31mb\0\u202ec\u009b\ud800\ufeff"), "a\ufffd[31mb\ufffd\ufffdc\ufffd\ufffd\ufffd");
    assert.equal(printable("a\r\n\tb"), "a b");
    assert.equal(printable("a\nb", true), "a\nb");
    assert.equal(excerpt("😀".repeat(70)), `${"😀".repeat(59)}…`);
    assert.equal(excerpt("short"), "short");
    assert.equal(percent(0.956), "96 %");
    assert.equal(
      table(
        ["name", "n"],
        [
          ["a\nb", "1"],
          ["c\u001b", "20"],
        ],
        [1],
      ).includes("\u001b"),
      false,
    );
  });

  class Sink extends Writable {
    readonly parts: string[] = [];
    override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
      this.parts.push(chunk.toString());
      done();
    }
  }

  it("writes messages apart from results, ends quietly on a closed pipe, and writes nothing then", async () => {
    const [out, error] = [new Sink(), new Sink()];
    const terminal = new Terminal(out, error);
    await terminal.write("result\n");
    terminal.say("message \u001b");
    terminal.progress("too early to show");
    assert.deepEqual([out.parts, error.parts], [["result\n"], ["message \ufffd\n"]]);
    out.emit("error", Object.assign(new Error("closed"), { code: "EPIPE" }));
    assert.equal(terminal.signal.aborted, true);
    assert.equal(terminal.exitCode, 0);
    await terminal.write("more\n");
    assert.deepEqual([out.parts.length, error.parts.length], [1, 1]);
    terminal.stop(130);
    assert.equal(terminal.exitCode, 0);
  });

  it("fails when standard output cannot be written", () => {
    const [out, error] = [new Sink(), new Sink()];
    const terminal = new Terminal(out, error);
    out.emit("error", Object.assign(new Error("no space left"), { code: "ENOSPC" }));
    assert.equal(terminal.exitCode, 1);
    assert.match(error.parts.join(""), /no space left/);
  });
});

describe("command line: labelling", () => {
  const document = (path: string, content: string): InputDocument => ({ path, text: content });

  it("splits lines into words at any white space, and skips blank lines", () => {
    const source = "\ufeffAnna  met\tBob .\r\n \r\n\n Oslo";
    const segments = [...wordSegments(document("x", source))];
    assert.deepEqual(
      segments.map(({ text, words }) => words!.map(({ start, end }) => text.slice(start, end))),
      [["Anna", "met", "Bob", "."], ["Oslo"]],
    );
    for (const { start, end, text } of segments) assert.equal(source.slice(start, end), text);
  });

  it("gives the sentences of a document where they are", () => {
    const source = "# Head\n\nAnna met *Bob*. It rained.\n\n```\ncode\n```\n";
    const segments = [...sentenceSegments(document("x.md", source), "markdown")];
    assert.deepEqual(
      segments.map(({ text }) => text.trim()),
      ["Head", "Anna met  Bob .", "It rained."],
    );
    for (const { start, end, text } of segments) assert.equal(end - start, text.length);
  });

  it("hands documents on in order, each sentence labelled once, in requests that span documents", async () => {
    const sent: string[][] = [];
    const documents = [
      document("empty", ""),
      ...Array.from({ length: 30 }, (_, i) => document(`${i}`, `word${i}\n`.repeat(i * 5))),
      document("long", `${"x".repeat(500_000)}\nlast`),
      document("end", ""),
    ];
    let seen = 0;
    const labelled = labelDocuments(
      Readable.from(documents) as AsyncIterable<InputDocument>,
      {
        label: async (segments, _, options) => {
          sent.push(segments.map(({ text }) => text));
          // Later requests are answered sooner.
          await new Promise((resolve) => setTimeout(resolve, 20 / sent.length));
          const results = segments.map(({ text }) => ({
            entities: [{ start: 0, end: text.length, label: text, score: 1 }],
          }));
          options?.onResults?.(results.map((result, i) => [i, result] as const));
          return results;
        },
      },
      { tasks: ["entities"], segments: wordSegments, onProgress: (count) => (seen = count) },
    );
    const got: string[] = [];
    for await (const { path, sentences } of labelled) {
      got.push(path);
      for (const { text, labels } of sentences) assert.equal(labels.entities![0]!.label, text);
      if (/^\d+$/.test(path)) assert.equal(sentences.length, Number(path) * 5);
    }
    assert.deepEqual(
      got,
      documents.map(({ path }) => path),
    );
    assert.equal(sent.flat().length, seen);
    assert.equal(seen, (30 * 29 * 5) / 2 + 2);
    assert.ok(sent.length < 12, `${sent.length} requests`);
    assert.ok(sent.every((texts) => texts.length <= 512));
  });

  it("passes a failure of the engine on", async () => {
    const labelled = labelDocuments(
      Readable.from([document("a", "x")]) as AsyncIterable<InputDocument>,
      {
        label: () => Promise.reject(new Error("gone")),
      },
      { tasks: ["entities"], segments: wordSegments },
    );
    await assert.rejects(labelled.next(), /gone/);
  });
});

describe("command line: questions", () => {
  const source = Array.from(
    { length: 60 },
    (_, i) => `Sentence number ${i} tells of city${i} and its old river port.`,
  ).join(" ");

  it("reads every sentence in passages of bounded length that share one sentence", () => {
    const sentences = [...sentenceSegments({ path: "x", text: source }, "plaintext")];
    const passages = [...passagesOf(sentences)];
    assert.ok(passages.length > 2);
    for (const { start, end, text } of passages) {
      assert.equal(source.slice(start, end), text);
      assert.ok(text.length <= PASSAGE_UNITS);
    }
    for (const [i, next] of passages.slice(1).entries())
      assert.ok(next.start < passages[i]!.end && next.start > passages[i]!.start);
    for (const { start, end } of sentences) assert.ok(passages.some((p) => p.start <= start && end <= p.end));
    assert.deepEqual([...passagesOf([])], []);
    const long = { start: 5, end: 5005, text: "y".repeat(5000) };
    assert.deepEqual([...passagesOf([long])], [long]);
    assert.equal(
      [
        ...passagesOf([
          { start: 0, end: 1, text: "a" },
          { start: 500, end: 501, text: "b" },
        ]),
      ].length,
      2,
    );
  });

  it("keeps the best of answers that overlap", () => {
    const of = (start: number, end: number, score: number) => ({ start, end, score });
    const answers = [of(0, 4, 0.2), of(2, 6, 0.9), of(6, 8, 0.1), of(7, 9, 0.5)];
    assert.deepEqual(distinctAnswers(answers, 5), [of(2, 6, 0.9), of(7, 9, 0.5)]);
    assert.deepEqual(distinctAnswers(answers, 1), [of(2, 6, 0.9)]);
    assert.deepEqual(distinctAnswers([], 3), []);
  });

  it("puts answers where they are in the document, the same one from two passages once", async () => {
    const wanted = "city42";
    const found = await askDocument(
      {
        ask: (_, contexts) =>
          Promise.resolve(
            contexts.flatMap((context, index): Answer[] => {
              const start = context.indexOf(wanted);
              return start < 0
                ? []
                : [{ context: index, start, end: start + wanted.length, text: wanted, score: 0.5, noAnswer: 0 }];
            }),
          ),
        index: () => Promise.reject(new Error("nobody asked to index")),
      },
      readPassages(source, "plaintext"),
      "Which?",
      { top: 5, candidates: 24 },
    );
    assert.deepEqual(
      found.map(({ start, end }) => source.slice(start, end)),
      [wanted],
    );
    assert.equal(found[0]!.start, source.indexOf(wanted));
  });
});
