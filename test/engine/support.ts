import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { EngineClient } from "../../src/engine/client";
import type { EngineOptions } from "../../src/engine/options";

/** The project's folder. */
export const root = resolve(__dirname, "../..");
/** The bundled model process, as shipped. */
export const serverPath = resolve(root, "out/engine.js");
/** The default model, as shipped. */
export const modelDir = resolve(root, "models/glossator-minilm");

/** A client of the real bundle with the real model, on the CPU unless told otherwise. */
export function client(options: Partial<EngineOptions> = {}): EngineClient {
  if (!existsSync(serverPath)) throw new Error("out/engine.js is missing: run `npm run bundle` first.");
  return new EngineClient({ serverPath, modelDir, device: "cpu", threads: 1, ...options });
}

/** Resolves when the client reaches `state`. */
export function reached(engine: EngineClient, state: EngineClient["state"]): Promise<void> {
  if (engine.state === state) return Promise.resolve();
  return new Promise((done) => {
    const stop = engine.onState((now) => {
      if (now !== state) return;
      stop();
      done();
    });
  });
}

/** English sentences, all different, enough to keep the model busy. */
export function sentences(count: number): { text: string }[] {
  const places = ["Paris", "Oslo", "Nairobi", "Lima", "Kyoto", "Quebec", "Sydney", "Cairo"];
  return Array.from({ length: count }, (_, i) => ({
    text: `On day ${i} of the long journey, Maria Keller wrote from ${places[i % places.length]} that the food was wonderful and the weather terrible.`,
  }));
}
