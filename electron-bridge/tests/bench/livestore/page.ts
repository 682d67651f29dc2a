/** The page with LiveStore's web adapter among the peers. */

import "../page.ts";
import { itemsPage, openSidecar } from "../items/page.ts";
import { openers, renderingPage } from "../rendering/page.tsx";
import { openLiveStore } from "./rendering.tsx";
import { openWeb } from "./web.ts";

window.bench = {
  ...window.bench,
  items: itemsPage({ ...openSidecar, livestore: openWeb }),
  rendering: renderingPage({ ...openers, livestore: openLiveStore }),
};
