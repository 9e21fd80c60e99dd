/** The tasks a model can have a decoder for. The name is also the key in the manifest and in files on disk. */
export const TASKS = ["entities", "sentiment", "answers"] as const;

/** One of {@link TASKS}. */
export type Task = (typeof TASKS)[number];
