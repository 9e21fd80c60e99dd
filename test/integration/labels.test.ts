import assert from "node:assert/strict";
import { EndOfLine, Position, Range, Selection, Uri, WorkspaceEdit, commands, window, workspace } from "vscode";
import type { Hover, MarkdownString } from "vscode";
import { TEXT, api, closeAll, folder, labelOn, logged, run, select, showFile, showUntitled, until } from "./helpers";

describe("labels in a document", () => {
  afterEach(closeAll);

  it("marks people, places and organisations, and draws them", async () => {
    const shown = await showFile(TEXT);
    const tests = await api();
    assert.equal((await labelOn(shown, "Angela Merkel"))?.label, "PER");
    assert.equal((await labelOn(shown, "Paris"))?.label, "LOC");
    await until("a drawn person", () => tests.drawn(shown.uri)["entities PER suggested"]);
    await until("a drawn place", () => tests.drawn(shown.uri)["entities LOC suggested"]);
  });

  it("draws labels inside each other each in a way of its own", async () => {
    const shown = await showFile("The Bank of New England opened.");
    const tests = await api();
    const looks = async (what: string, ...expected: string[]): Promise<void> => {
      await until(what, () => {
        const drawn = Object.keys(tests.drawn(shown.uri)).filter((look) => look.startsWith("entities "));
        return (
          drawn
            .filter((look) => look.includes(" accepted"))
            .sort()
            .join() === expected.sort().join()
        );
      });
    };
    await tests.idle(shown.uri);
    for (const [exact, label] of [
      ["England", "PER"],
      ["Bank of New England", "ORG"],
      ["New England", "LOC"],
    ] as const) {
      select(shown, exact);
      await run("addEntity", label);
    }
    await looks("three lanes", "entities ORG accepted", "entities LOC accepted lane 1", "entities PER accepted lane 2");
    select(shown, "Bank of New England");
    await run("remove", (await labelOn(shown, "Bank of New England"))?.id);
    await looks("two lanes", "entities LOC accepted", "entities PER accepted lane 1");
  });

  it("marks opinions with the sentence's span, and no sentence twice", async () => {
    const shown = await showFile(TEXT);
    const marks = ((await api()).labels(shown.uri) ?? []).filter(({ task }) => task === "sentiment");
    const text = shown.document.getText();
    const good = marks.find(({ span }) => text.slice(span.start, span.end).startsWith("The hotel"));
    assert.equal(good?.label, "positive");
    assert.equal(text.slice(good.span.start, good.span.end), TEXT.split("\n")[1]);
    assert.ok(marks.every(({ label }) => label !== "neutral"));
    assert.equal(new Set(marks.map(({ span }) => span.start)).size, marks.length);
  });

  it("says label, confidence and model on hover, with commands that are ours alone", async () => {
    const shown = await showFile(TEXT);
    const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", shown.uri, new Position(0, 3));
    const contents = hovers.flatMap((hover) => hover.contents as MarkdownString[]);
    const said = contents.map(({ value }) => value).join("\n");
    assert.match(said, /PER/);
    assert.match(said, /\d+ %|\d+&nbsp;%/);
    const { info } = (await api()).engine();
    assert.ok(info);
    assert.ok(said.replace(/\\/g, "").replaceAll("&nbsp;", " ").includes(info.model), `no model in ${said}`);
    assert.match(said, /command:glossator\.accept/);
  });

  it("follow the text through edits, and only the changed sentence is run again", async () => {
    const shown = await showFile(TEXT);
    const tests = await api();
    const before = await labelOn(shown, "Bill Gates");
    assert.ok(before);
    await shown.editor.edit((edit) => edit.insert(new Position(0, 0), "Good morning. "));
    const after = await labelOn(shown, "Bill Gates");
    assert.equal(after?.id, before.id, "the label of an untouched sentence was made anew");
    assert.equal(after.span.start, before.span.start + "Good morning. ".length);
    await tests.idle(shown.uri);
    assert.equal((await labelOn(shown, "Angela Merkel"))?.label, "PER");
    assert.ok((tests.latencyMs(shown.uri) ?? 0) > 0);
  });

  it("of code are on its comments and docstrings alone, where the setting names its language", async () => {
    const code = [
      'def meet(who="Angela Merkel"):',
      '    """Bill Gates lives in London.',
      "",
      "    Microsoft opened a new office.",
      '    """',
      '    return "The film is a masterpiece."  # Maria Keller visited Paris on Tuesday.',
      "",
    ].join("\n");
    const settings = workspace.getConfiguration("glossator");
    const uri = Uri.joinPath(folder(), "meet.py");
    await workspace.fs.writeFile(uri, new TextEncoder().encode(code));
    const document = await workspace.openTextDocument(uri);
    const shown = { document, uri, editor: await window.showTextDocument(document) };
    try {
      // Nothing is labelled before.
      await run("accept");
      assert.equal((await api()).labels(uri), undefined);
      await run("labelLanguage");
      assert.deepEqual(settings.inspect("languages")?.workspaceValue, ["plaintext", "markdown", "python"]);
      await until("a label in a comment", () => labelOn(shown, "Maria Keller"));
      await (await api()).idle(uri);
      const found = ((await api()).labels(shown.uri) ?? []).map(
        ({ label, span }) => `${label} ${code.slice(span.start, span.end)}`,
      );
      assert.deepEqual(found.sort(), [
        ...["LOC London", "LOC Paris", "ORG Microsoft"],
        ...["PER Bill Gates", "PER Maria Keller"],
      ]);
      select(shown, "Bill Gates");
      await run("accept");
      assert.equal((await logged(shown)).at(-1)?.kind, "accepted");
    } finally {
      await settings.update("languages", undefined);
    }
  });

  it("of JSON Lines are on its texts alone, escapes read, and never on a log", async () => {
    const record = String.raw`{"id": "Berlin in Germany", "text": "J\u00fcrgen M\u00fcller lives in Munich.\nTomorrow he visits Paris.", "tags": ["New York City"]}`;
    const settings = workspace.getConfiguration("glossator");
    const uri = Uri.joinPath(folder(), "people.jsonl");
    const log = Uri.joinPath(folder(), ".glossator", "log", "own.jsonl");
    for (const file of [uri, log]) await workspace.fs.writeFile(file, new TextEncoder().encode(`${record}\n`));
    try {
      const document = await workspace.openTextDocument(uri);
      const shown = { document, uri, editor: await window.showTextDocument(document) };
      // An editor without VS Code's own languages has it as plain text.
      if (document.languageId !== "plaintext") await run("labelLanguage");
      await until("a label in a text", () => labelOn(shown, "Munich"));
      await (await api()).idle(uri);
      const found = ((await api()).labels(uri) ?? []).map(
        ({ label, span }) => `${label} ${record.slice(span.start, span.end)}`,
      );
      assert.deepEqual(found.sort(), ["LOC Munich", "LOC Paris", String.raw`PER J\u00fcrgen M\u00fcller`]);
      select(shown, "lives");
      await run("addEntity", "MISC");
      const at = shown.document.positionAt(record.indexOf("Tomorrow") + 2);
      shown.editor.selection = new Selection(at, at);
      await run("addEntity", "PER");
      assert.deepEqual(
        (await logged(shown)).flatMap((event) => (event.kind === "added" ? [event.new.quote.exact] : [])),
        ["lives", "Tomorrow"],
      );
      const own = await workspace.openTextDocument(log);
      await window.showTextDocument(own);
      assert.equal((await api()).labels(log), undefined);
    } finally {
      await settings.update("languages", undefined);
    }
  });

  it("come for text that is typed in", async () => {
    const shown = await showUntitled("");
    await shown.editor.edit((edit) => edit.insert(new Position(0, 0), "Angela Merkel visited Paris on Tuesday."));
    await until("the label of typed text", () => labelOn(shown, "Angela Merkel"));
  });

  it("hold their offsets in text with CRLF, emoji, NUL and half a surrogate pair", async () => {
    const text = "😀 \u0000 \ud800 odd.\r\nAngela Merkel visited Paris on Tuesday.\r\n";
    const shown = await showUntitled(text);
    if (shown.document.eol !== EndOfLine.CRLF) await shown.editor.edit((edit) => edit.setEndOfLine(EndOfLine.CRLF));
    await (await api()).idle(shown.uri);
    assert.equal((await labelOn(shown, "Angela Merkel"))?.label, "PER");
    await shown.editor.edit((edit) => edit.setEndOfLine(EndOfLine.LF));
    await (await api()).idle(shown.uri);
    assert.equal((await labelOn(shown, "Paris"))?.label, "LOC");
  });

  it("leave Markdown's syntax alone", async () => {
    const text = "# Notes\n\n**Angela Merkel** visited [Paris](https://example.org/London).\n\n```\nBill Gates\n```\n";
    const shown = await showUntitled(text, "markdown");
    assert.ok(await labelOn(shown, "Angela Merkel"));
    const labels = (await api()).labels(shown.uri) ?? [];
    const code = text.indexOf("```");
    const link = text.indexOf("https");
    assert.ok(labels.every(({ span }) => span.end <= code && !(span.start >= link && span.start < link + 26)));
  });

  it("stand in an empty document without trouble", async () => {
    const shown = await showFile("");
    assert.deepEqual((await api()).labels(shown.uri), []);
    assert.match((await api()).status()?.says ?? "", /labelled/);
  });

  it("obey the settings of confidence and task at once", async () => {
    const shown = await showFile(TEXT);
    const settings = workspace.getConfiguration("glossator");
    try {
      await settings.update("entities.enabled", false);
      await until("no entities", async () => (await labelOn(shown, "Paris")) === undefined);
      await settings.update("entities.enabled", undefined);
      await until("entities again", () => labelOn(shown, "Paris"));
      await settings.update("sentiment.minimumConfidence", 1);
      await until("no sentiment", async () => {
        const labels = (await api()).labels(shown.uri) ?? [];
        return labels.every(({ task, score }) => task !== "sentiment" || score === 1);
      });
    } finally {
      await settings.update("entities.enabled", undefined);
      await settings.update("sentiment.minimumConfidence", undefined);
    }
  });

  it("obey a label's own confidence, whatever its task's is", async () => {
    const shown = await showFile(TEXT);
    const settings = workspace.getConfiguration("glossator");
    const types = async (): Promise<string[]> =>
      ((await api()).labels(shown.uri) ?? []).filter(({ task }) => task === "entities").map(({ label }) => label);
    try {
      await until("people and places", async () => {
        const found = await types();
        return found.includes("PER") && found.includes("LOC");
      });
      await settings.update("entities.labelConfidence", { LOC: 1, ["__proto__"]: 0, PER: "no number" });
      await until("no places", async () => !(await types()).includes("LOC"));
      assert.ok((await types()).includes("PER"));
      await settings.update("entities.minimumConfidence", 1);
      await settings.update("entities.labelConfidence", { LOC: 0.5 });
      await until("places alone", async () => (await types()).includes("LOC") && !(await types()).includes("PER"));
    } finally {
      await settings.update("entities.labelConfidence", undefined);
      await settings.update("entities.minimumConfidence", undefined);
    }
  });

  it("never change the text", async () => {
    const shown = await showFile(TEXT);
    await commands.executeCommand("glossator.acceptAllInDocument");
    await commands.executeCommand("glossator.undo");
    assert.equal(shown.document.getText(), TEXT);
    assert.equal(shown.document.isDirty, false);
  });

  it("are found again after a change on disk", async () => {
    const shown = await showFile(TEXT);
    const label = await labelOn(shown, "Bill Gates");
    await commands.executeCommand("glossator.accept", label?.id);
    const longer = `A new first line about nothing.\n\n${TEXT}`;
    await workspace.fs.writeFile(shown.uri, new TextEncoder().encode(longer));
    await until("the new text", () => shown.document.getText() === longer);
    const found = await until("the decided label", () => labelOn(shown, "Bill Gates"));
    assert.equal(found.status, "accepted");
  });

  it("come back with the text when an edit is undone", async () => {
    const shown = await showFile(TEXT);
    const label = await labelOn(shown, "Bill Gates");
    await commands.executeCommand("glossator.accept", label?.id);
    const edit = new WorkspaceEdit();
    edit.delete(shown.uri, new Range(4, 0, 5, 0));
    await workspace.applyEdit(edit);
    assert.equal(await labelOn(shown, "Bill Gates"), undefined);
    const stale = ((await api()).labels(shown.uri) ?? []).filter(({ status }) => status === "stale");
    assert.equal(stale.length, 1);
    await window.showTextDocument(shown.document);
    await commands.executeCommand("undo");
    await until("the text", () => shown.document.getText() === TEXT);
    assert.equal((await labelOn(shown, "Bill Gates"))?.status, "accepted");
  });
});
