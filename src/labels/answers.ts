/** Moved to documents/. */
export * from "../documents/answers";
