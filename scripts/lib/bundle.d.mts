// Types of what TypeScript uses of bundle.mjs.
import type { Metafile } from "esbuild";

export interface BundleOptions {
  readonly outdir?: string;
  readonly minify?: boolean;
  readonly tests?: boolean;
  readonly sourcemap?: boolean;
}

export function bundle(options?: BundleOptions): Promise<Metafile>;
