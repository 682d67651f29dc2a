/** The page with LiveStore's web adapter beside the sidecar. */

import "../page.ts";
import { itemsPage, openSidecar } from "../items/page.ts";
import { openWeb } from "./web.ts";

window.bench = { ...window.bench, items: itemsPage({ ...openSidecar, livestore: openWeb }) };
