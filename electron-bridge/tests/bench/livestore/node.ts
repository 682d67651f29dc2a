import { makeAdapter } from "@livestore/adapter-node";
import { type ItemsPage, itemsPage } from "../items/page.ts";
import { openItems } from "./items.ts";

/** LiveStore with its adapter for Node, its files in a folder. */
export function nodeItems(baseDirectory: string): ItemsPage {
  return itemsPage({
    "livestore node": ({ name, columns }) =>
      openItems(name, columns, makeAdapter({ storage: { type: "fs", baseDirectory } })),
  });
}
