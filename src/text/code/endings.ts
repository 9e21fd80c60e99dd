/** What a file of code is written in, by its name. */

/** By the ends of paths, where no editor says what a file is written in. */
const ENDINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    javascript: "js mjs cjs",
    javascriptreact: "jsx",
    typescript: "ts mts cts",
    typescriptreact: "tsx",
    python: "py pyi",
    java: "java",
    kotlin: "kt kts",
    scala: "scala",
    groovy: "groovy gradle",
    csharp: "cs",
    fsharp: "fs fsx",
    c: "c h",
    cpp: "cpp cc cxx hpp hh hxx",
    "cuda-cpp": "cu cuh",
    "objective-cpp": "mm",
    go: "go",
    rust: "rs",
    swift: "swift",
    dart: "dart",
    zig: "zig",
    proto3: "proto",
    php: "php",
    css: "css",
    less: "less",
    scss: "scss",
    sql: "sql",
    lua: "lua",
    haskell: "hs",
    ruby: "rb",
    shellscript: "sh bash zsh",
    perl: "pl pm",
    r: "r",
    julia: "jl",
    elixir: "ex exs",
    powershell: "ps1 psm1",
    coffeescript: "coffee",
    cmake: "cmake",
    graphql: "graphql gql",
    terraform: "tf",
    clojure: "clj cljs",
    lisp: "lisp el",
    erlang: "erl",
  }).flatMap(([language, endings]) => endings.split(" ").map((ending) => [ending, language] as const)),
);

/** VS Code's language id of a file with code, by the end of its path; undefined for others. */
export function codeLanguage(path: string): string | undefined {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(path)?.[1];
  return ending === undefined ? undefined : ENDINGS.get(ending.toLowerCase());
}
