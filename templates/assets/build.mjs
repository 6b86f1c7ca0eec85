// Bundles templates/assets into build/assets: names carry their content's hash, manifest.json maps plain names to them.
import { build } from "esbuild";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "..", "build", "assets");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  entryPoints: ["site.css", "console.css", "wall.css", "gate.css", "kiosk.css", "site.js", "gate.js", "plan.js", "photo.js", "mark.svg"].map((name) => join(here, name)),
  outdir: out,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["chrome97", "safari15.4", "firefox102"],
  charset: "utf8",
  loader: { ".svg": "copy" },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  metafile: true,
  logLevel: "warning",
});

const names = {};
for (const path of Object.keys(metafile.outputs)) {
  const built = basename(path);
  names[built.replace(/-[0-9A-Z]{8}(?=\.[a-z]+$)/, "")] = built;
}
await writeFile(join(out, "manifest.json"), JSON.stringify(names, null, 2) + "\n");
for (const [path, { bytes }] of Object.entries(metafile.outputs)) console.log(`${String(bytes).padStart(8)}  ${basename(path)}`);
