/**
 * Which rooms of `src/` may import which. ESLint holds the floors (`eslint.config.mjs`); this holds the rooms within a floor, and that nothing
 * goes in a circle: of files, types included.
 */
const room = (name, from, not, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: `^src/${from}` },
  to: { path: `^src/${not}` },
});

export default {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      comment: "Files that import each other cannot be read, tested or moved apart.",
      from: {},
      to: { circular: true },
    },
    {
      name: "formats-apart",
      severity: "error",
      comment:
        "A format's room imports no other's: what several share is in codecs/, reading/, writing/ or examples/. Hugging Face's question answering is SQuAD's.",
      from: { path: "^src/datasets/formats/([^/]+)/" },
      to: {
        path: "^src/datasets/formats/",
        pathNot: ["^src/datasets/formats/$1/", "^src/datasets/formats/squad/read"],
      },
    },
    room(
      "contract-below",
      "datasets/(document|format|losses|splits)\\.ts",
      "datasets/(codecs|convert|examples|export|formats|import|process|reading|workspace)",
      "What a format is does not hang on any format.",
    ),
    room(
      "reading-below-formats",
      "datasets/reading/",
      "datasets/(codecs|convert|examples|export|formats/|import|process|workspace|writing)",
      "Bytes to rows to documents: the same for every format.",
    ),
    room(
      "writing-below-formats",
      "datasets/(writing|examples)/",
      "datasets/(codecs|convert|export|formats/|import|process|reading|workspace)",
      "Documents to files: the same for every format.",
    ),
    room(
      "codecs-below-formats",
      "datasets/codecs/",
      "datasets/(convert|examples|export|formats/|import|process|workspace)",
      "Notations that several formats carry.",
    ),
    room(
      "formats-below-jobs",
      "datasets/formats/",
      "datasets/(convert|export|import|process|workspace)",
      "A format knows neither the workspace nor the job that uses it.",
    ),
    room(
      "log-knows-no-labels",
      "labels/log/",
      "labels/(agreement|store|view|drafts|suggestions)",
      "A log holds lines.",
    ),
    room(
      "manifest-below-network",
      "model/manifest/",
      "model/(network|tasks|training|tokenizer)/",
      "A manifest is read first.",
    ),
    room("network-below-tasks", "model/network/", "model/(tasks|training|tokenizer)/", "Sessions know no task."),
    room(
      "tokenizer-alone",
      "model/tokenizer/",
      "model/(manifest|network|tasks|training)/",
      "Text to tokens needs no model.",
    ),
    room(
      "examples-below-training",
      "training/examples/",
      "training/(?!examples/)",
      "What was decided, before there are tokens: it knows no model's numbers.",
    ),
    room(
      "training-knows-no-process",
      "training/[^/]+\\.ts",
      "training/process/",
      "A job runs in whatever process it is started.",
    ),
    room("views-import-no-editor", "views/", "editor/", "A page is shown by whoever asks for it."),
    room("base-of-the-editor", "editor/base/", "editor/(documents|show|commands)/", "The editor's ground floor."),
    room(
      "documents-below-show",
      "editor/documents/",
      "editor/(show|commands)/",
      "What a document is, not how it looks.",
    ),
    room("show-below-commands", "editor/show/", "editor/commands/", "What is drawn knows no command."),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules" },
  },
};
