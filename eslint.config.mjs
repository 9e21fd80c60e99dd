import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** The floors of `src/`, lowest first: a folder imports only from those below it. */
const floors = ["text", "model", "engine", "labels", "datasets", "training"];
const above = (folder) => [
  ...floors.slice(floors.indexOf(folder) + 1),
  "editor",
  "views",
  "commands",
  "extension",
  "cli",
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
  ...floors.map((folder) => ({
    files: [`src/${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "vscode", message: "Only editor/, views/ and extension.ts know vscode." },
            ...(folder === "model"
              ? []
              : [{ name: "onnxruntime-node", message: "Only model/ knows onnxruntime-node." }]),
          ],
          patterns: above(folder).map((name) => ({
            group: [`../${name}/*`, `../${name}`],
            message: `${folder}/ may not import from ${name}: a folder imports only from those below it.`,
          })),
        },
      ],
    },
  })),
  {
    files: ["src/commands/**/*.ts", "src/cli.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "vscode", message: "Only editor/, views/ and extension.ts know vscode." },
            { name: "onnxruntime-node", message: "Only model/ knows onnxruntime-node." },
          ],
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
