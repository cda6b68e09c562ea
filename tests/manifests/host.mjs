// What a host of bundles starts, as the library says that hosts use: JSON, {command, args, env}.
//   node host.mjs LIBRARY FOLDER HOME FILLED_IN
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [library, folder, home, filledIn] = process.argv.slice(2);
const { getMcpConfigForManifest } = await import(pathToFileURL(library));
const started = await getMcpConfigForManifest({
  manifest: JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")),
  extensionPath: folder,
  systemDirs: { HOME: home },
  userConfig: JSON.parse(filledIn),
  pathSeparator: "/",
});
console.log(JSON.stringify(started));
