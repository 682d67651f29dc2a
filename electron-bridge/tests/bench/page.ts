/** The page that is measured. */

import { type AppPage, app } from "./app/page.ts";
import { type AveragePage, average } from "./average/page.ts";
import { type ItemsPage, items } from "./items/page.ts";
import { type LivePage, live } from "./live/page.ts";
import { type MovingPage, moving } from "./moving/page.tsx";
import { type RenderingPage, rendering } from "./rendering/page.tsx";

export interface Bench {
  readonly app: AppPage;
  readonly average: AveragePage;
  readonly items: ItemsPage;
  readonly live: LivePage;
  readonly moving: MovingPage;
  readonly rendering: RenderingPage;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

window.bench = { app, average, items, live, moving, rendering };
