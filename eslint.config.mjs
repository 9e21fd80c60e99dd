import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** The floors of `src/`, lowest first: a folder imports only from those below it. */
const floors = ["text", "files", "model", "engine", "labels", "datasets", "training"];
const above = (folder) => [
  ...floors.slice(floors.indexOf(folder) + 1),
  "editor",
  "views",
  "commands",
  "extension",
  "cli",
];

/** A workspace is anybody's: what lies in it is reached through `files/`, which follows no link and opens no pipe. */
const filesAlone = ["node:fs", "node:fs/promises", "fs", "fs/promises"].map((name) => ({
  name,
  message:
    "Files of a workspace are reached through src/files (SafeFolder, readRegular), which refuses links and pipes.",
  allowTypeImports: true,
}));
const READS_WORKSPACES = ["labels", "datasets", "editor", "views"];
/** Files that may use node:fs all the same, each for paths that the user names, never for one that a workspace names. */
const NAMES_BY_USER = [
  // Lists the folder of an import that the user chose; what is in it is opened by readRegular.
  "src/datasets/import-files.ts",
  // Writes the folder of an export that the user chose.
  "src/datasets/export.ts",
  // Looks for a manifest in the model folder that the user chose.
  "src/editor/model-commands.ts",
];

const vscodeAlone = { name: "vscode", message: "Only editor/, views/ and extension.ts know vscode." };
const runtimeAlone = { name: "onnxruntime-node", message: "Only model/ knows onnxruntime-node." };

/** @param {string} folder @param {boolean} byUser whether its files may use node:fs */
const importsOf = (folder, byUser) => [
  "error",
  {
    paths: [
      ...(folder === "editor" || folder === "views" ? [] : [vscodeAlone]),
      ...(folder === "model" ? [] : [runtimeAlone]),
      ...(READS_WORKSPACES.includes(folder) && !byUser ? filesAlone : []),
    ],
    patterns: !floors.includes(folder)
      ? []
      : above(folder).map((name) => ({
          group: [`../${name}/*`, `../${name}`],
          message: `${folder}/ may not import from ${name}: a folder imports only from those below it.`,
        })),
  },
];

export default defineConfig(
  { ignores: ["out/", "node_modules/", ".venv/", ".cache/", "training/runs/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-floating-promises": "error",
    },
  },
  ...[...floors, "editor", "views"].map((folder) => ({
    files: [`src/${folder}/**/*.ts`],
    ignores: NAMES_BY_USER,
    rules: { "@typescript-eslint/no-restricted-imports": importsOf(folder, false) },
  })),
  ...NAMES_BY_USER.map((file) => ({
    files: [file],
    rules: { "@typescript-eslint/no-restricted-imports": importsOf(file.split("/")[1], true) },
  })),
  {
    files: ["src/commands/**/*.ts", "src/cli.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          paths: [vscodeAlone, runtimeAlone],
          patterns: [{ group: ["**/editor/*", "**/views/*"], message: "The command line runs without VS Code." }],
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off" },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        Buffer: "readonly",
        fetch: "readonly",
        performance: "readonly",
      },
    },
  },
);
