/** One side of row 12, in a process of its own: `import FILE WORKSPACE` or `export WORKSPACE TARGET`. Prints JSON. */
import { mkdir } from "node:fs/promises";
import { exportDataset } from "../src/datasets/export/export";
import { carryOut } from "../src/datasets/import/carry-out";
import { growInSmallSteps } from "../src/datasets/heap";
import { planImport } from "../src/datasets/import/plan";
import { collectDocuments } from "../src/datasets/workspace/collect";
import { SPANS } from "../src/documents/tasks";
import { filesBelow } from "./scale";

async function main(): Promise<void> {
  const [what, from, to] = process.argv.slice(2) as ["import" | "export", string, string];
  growInSmallSteps();
  if (what === "import") await mkdir(to, { recursive: true });
  const started = performance.now();
  if (what === "import") await carryOut(await planImport({ source: from, workspace: to, into: "", author: "ann" }));
  else
    await exportDataset({
      workspace: from,
      format: "huggingface",
      target: to,
      seed: 0,
      validation: 0,
      test: 0,
      leaveOutUnknownLabels: false,
    });
  const ms = performance.now() - started;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  // Counted afterwards, apart from what is measured.
  const { documents } = await collectDocuments({ workspace: what === "import" ? to : from });
  const labels = documents.reduce((sum, { layers }) => sum + layers[SPANS].labels.length, 0);
  console.log(JSON.stringify({ ms, peakMb, files: await filesBelow(to), labels }));
}

void main();
