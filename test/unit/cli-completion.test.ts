/** `glossator completion`: every command and option is in each script, and bash completes by it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { completionScript } from "../../src/commands/completion";
import { programOf } from "../../src/commands/program";
import { Terminal } from "../../src/commands/terminal";

const places = { server: "", teacher: "", trainingPackage: "", builtInModel: "", data: "", packages: "", heldOut: "" };
const terminal = new Terminal(new PassThrough(), new PassThrough());
const program = programOf("1.2.3", places, terminal, async (work) => {
  await work();
});

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

describe("command line: completion", () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    it(`${shell}: has every command, every option and every choice`, function () {
      const script = completionScript(program, shell);
      const long = (flag: string): string => (shell === "fish" ? ` -l ${flag.slice(2)} ` : flag);
      assert.ok(program.commands.length >= 10);
      for (const command of program.commands) {
        const lines = script
          .split("\n")
          .join(" ")
          .split(shell === "fish" ? "complete -c" : /(?=\s\S+\) )/);
        const mine = lines.filter((line) => new RegExp(`\\b${command.name()}\\b`).test(line)).join(" ");
        assert.notEqual(mine, "", command.name());
        for (const { long: flag, hidden, argChoices = [] } of command.options) {
          if (!hidden) assert.ok(`${mine} `.includes(long(flag ?? "")), `${command.name()} ${flag}`);
          assert.ok(script.includes(argChoices.join(" ")), flag);
        }
      }
      assert.ok(script.includes(long("--version")) && script.includes(long("--help")));
      if (!has(shell)) return;
      const folder = mkdtempSync(join(tmpdir(), "glossator-completion-"));
      writeFileSync(join(folder, "script"), script);
      const checked = spawnSync(shell, ["-n", join(folder, "script")], { encoding: "utf8" });
      rmSync(folder, { recursive: true });
      assert.equal(checked.status, 0, checked.stderr);
    });
  }

  it("bash completes commands, options, and what an option may be", function () {
    if (!has("bash")) this.skip();
    const script = completionScript(program, "bash");
    const complete = (...words: string[]): string[] => {
      const list = words.map((word) => `'${word}'`).join(" ");
      const input = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _glossator; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr, status } = spawnSync("bash", ["--norc"], { input, encoding: "utf8", cwd: __dirname });
      assert.equal(status, 0, stderr);
      assert.equal(stderr, "");
      return stdout.split("\n").filter((line) => line !== "");
    };
    assert.deepEqual(complete("glossator", "co"), ["compact", "convert", "completion"]);
    assert.deepEqual(complete("glossator", "import", "--splits", "x"), []);
    assert.deepEqual(complete("glossator", "import", "x.jsonl", "--misa"), ["--misaligned"]);
    assert.deepEqual(complete("glossator", "import", "--misaligned", ""), ["refuse", "snap"]);
    assert.deepEqual(complete("glossator", "import", "--misaligned", "=", "s"), ["snap"]);
    assert.deepEqual(complete("glossator", "import", "--misaligned", "="), ["refuse", "snap"]);
    assert.deepEqual(complete("glossator", "convert", "--from", "web"), ["webanno", "webannotation"]);
    assert.ok(!complete("glossator", "convert", "--to", "").includes("pubannotation"));
    assert.deepEqual(complete("glossator", "export", "--format", "xm"), ["xmi"]);
    assert.deepEqual(complete("glossator", "export", "--format", "br"), ["brat"]);
    assert.deepEqual(complete("glossator", "completion", "z"), ["zsh"]);
    assert.deepEqual(complete("glossator", "help", "lab"), ["label"]);
    assert.deepEqual(complete("glossator", "import", "--workspace", "supp"), ["support"]);
    assert.deepEqual(complete("glossator", "import", "data"), []);
    const folder = mkdtempSync(join(tmpdir(), "glossator-completion-"));
    const blank = join(folder, "my folder");
    mkdirSync(blank);
    const found = complete("glossator", "import", "--workspace", join(folder, "m"));
    rmSync(folder, { recursive: true });
    assert.deepEqual(found, [blank]);
  });
});
