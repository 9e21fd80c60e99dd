import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** The floors of `src/`, lowest first: a folder imports only from those below it. */
const floors = ["text", "files", "documents", "model", "engine", "labels", "datasets", "evaluation", "training"];
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
  "src/datasets/import/files.ts",
  // Writes the folder of an export that the user chose.
  "src/datasets/export/target.ts",
  // Looks for a manifest in the model folder that the user chose.
  "src/editor/commands/model.ts",
];

/** How the code is written, where there are two ways. */
const DIALECT = [
  {
    selector:
      "PropertyDefinition[accessibility='private'], MethodDefinition[accessibility='private'][kind!='constructor']",
    message: "Private members are #names; `private` is for parameters of constructors.",
  },
  {
    selector: "ImportDeclaration[importKind='value'] > ImportSpecifier[importKind='type']",
    message: "Types are imported on a line of their own: import type { … }.",
  },
];

/** Decided answers are a list or the word "none", which has a length as well. */
const NO_LENGTH = {
  selector:
    "MemberExpression[property.name='length']:matches([object.name='answers'], [object.property.name='answers'])",
  message: 'Answers may be "none": compare with that, or take answersIn(…) of src/documents/answers.ts.',
};

/** Where text from outside becomes text on the screen. */
const SAYS = ["messages", "picks", "markdown", "tree-items", "with-cancel"].map((name) => `src/editor/base/${name}.ts`);
const through = (selector, message) => ({ selector, message });
const SAID_ELSEWHERE = [
  through(
    "MemberExpression[object.name='window'][property.name=/^(show(Information|Warning|Error)Message|setStatusBarMessage|withProgress)$/]",
    "VS Code makes links of texts in messages: use editor/base/messages.ts or editor/base/with-cancel.ts.",
  ),
  through(
    "MemberExpression[object.name='window'][property.name=/^(showQuickPick|createQuickPick|showInputBox|createInputBox)$/]",
    "VS Code makes icons and links of texts in lists: use editor/base/picks.ts.",
  ),
  through(
    "NewExpression[callee.name=/^(MarkdownString|TreeItem)$/]",
    "Text from outside must not be markup: use editor/base/markdown.ts or editor/base/tree-items.ts.",
  ),
  through(
    "Property[key.name='contentText'] > .value:not(CallExpression[callee.name='decorationText'])",
    "The editor builds a style sheet from it: decorationText(…) takes away what acts there.",
  ),
  through("ImportDeclaration[source.value='vscode'] > ImportNamespaceSpecifier", "Import the parts of vscode by name."),
  through(
    "MemberExpression[object.property.name='fs'][property.name=/^(readFile|writeFile|readDirectory|copy|delete|rename|createDirectory)$/]",
    "Files of a workspace are reached through src/files, which refuses links and pipes.",
  ),
];

/** Letters that stand in the code: as a text, or in one that is put together. */
const BARE =
  ":matches(Literal[value=/\\p{L}/u][value!='Glossator'], TemplateLiteral:has(> TemplateElement[value.raw=/\\p{L}/u]))";
/** Two words in a row. */
const WORDS = "(?:^|[\\s'\"(])\\p{L}+ \\p{L}{2}";
/** Who may be handed English: the translation itself, and the log. */
const IN_ENGLISH =
  ":matches(CallExpression[callee.object.name=/^(l10n|log)$/], CallExpression[callee.name='background'])";
/** Where a text is shown: what is handed to it directly, or after a choice. */
const SHOWN = [
  "CallExpression[callee.name=/^(showInformation|showWarning|showError|askFirst|sayInStatus|paragraphs|done|pickFolder|documentsSaved|pickTasks|pickDocuments)$/]",
  "NewExpression[callee.name=/Error$/]",
  "Property[key.name=/^(title|placeHolder|prompt|openLabel|label|description|detail|group|says|message|tooltip)$/]",
];
const shownBare = SHOWN.flatMap((place) =>
  ["", " > ConditionalExpression", " > LogicalExpression"].map((between) => `${place}${between} > ${BARE}`),
);
/** What makes links and code actions gets a text and then names of commands. */
const FIRST_SHOWN = `CallExpression[callee.name=/^(action|link)$/] > ${BARE}:first-child`;
const translate = "Texts that a user reads go through l10n.t, with placeholders: see CONTRIBUTING.md, Languages.";
const TRANSLATED = [
  ...[...shownBare, FIRST_SHOWN].map((selector) => through(selector, translate)),
  through(`Literal[value=/${WORDS}/u]:not(${IN_ENGLISH} > Literal)`, translate),
  through(`TemplateElement[value.raw=/${WORDS}/u]:not(${IN_ENGLISH} > TemplateLiteral > TemplateElement)`, translate),
];
/** Pages are put together from markup and styles; a text in them stands after a tag. */
const TRANSLATED_PAGES = [
  ...TRANSLATED.filter(({ selector }) => !selector.startsWith("TemplateElement")),
  through("TemplateElement[value.raw=/>[^<>{};]*\\p{L}/u]", translate),
];
/** Reasons that stand beside settings for whoever reads the code. */
const READ_BY_NOBODY = ["src/editor/base/trust.ts"];

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
          regex: `^(\\.\\./)+${name}(/|$)`,
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
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "no-restricted-syntax": ["error", ...DIALECT],
    },
  },
  {
    files: ["src/labels/**/*.ts", "src/datasets/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...DIALECT, NO_LENGTH] },
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
    files: ["src/editor/**/*.ts", "src/extension.ts"],
    rules: { "no-restricted-syntax": ["error", ...DIALECT, ...SAID_ELSEWHERE, ...TRANSLATED] },
  },
  { files: SAYS, rules: { "no-restricted-syntax": ["error", ...DIALECT, ...TRANSLATED] } },
  { files: READ_BY_NOBODY, rules: { "no-restricted-syntax": ["error", ...DIALECT, ...SAID_ELSEWHERE] } },
  {
    files: ["src/views/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...DIALECT, ...SAID_ELSEWHERE, ...TRANSLATED_PAGES] },
  },
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
