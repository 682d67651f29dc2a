// The bridge's node_modules has the clients; nothing of theirs is ours.
import { createRequire } from "node:module";

const bridge = new URL("../../../electron-bridge/package.json", import.meta.url);

export const require = createRequire(bridge);

export const module = (path) => new URL(`node_modules/${path}`, bridge).href;
