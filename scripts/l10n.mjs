// `npm run l10n`: writes l10n/bundle.l10n.json, all texts of the sources that a translation may replace.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { root, writeJson } from "./lib/paths.mjs";
import { exportedTexts } from "./lib/texts.mjs";

await mkdir(join(root, "l10n"), { recursive: true });
await writeJson(join(root, "l10n/bundle.l10n.json"), await exportedTexts());
