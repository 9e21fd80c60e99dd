import type { Context, RootHookObject } from "mocha";

/** Tells more about what a failed test left behind. @param folder where it may put files */
type Teller = (folder: string, title: string) => Promise<void>;

const tellers = new Set<Teller>();

/** Asks for a word when a test fails, while what it worked on still stands. @returns what ends the request */
export function tellOnFailure(teller: Teller): () => void {
  tellers.add(teller);
  return () => void tellers.delete(teller);
}

/** Mocha's hooks that call what {@link tellOnFailure} was given, after each test that failed. */
export function onFailure(folder: string): RootHookObject {
  return {
    async afterEach(this: Context) {
      if (this.currentTest?.state !== "failed") return;
      const title = this.currentTest.fullTitle();
      for (const teller of tellers) await teller(folder, title).catch((error: unknown) => console.error(error));
    },
  };
}
