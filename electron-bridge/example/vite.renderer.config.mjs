// @ts-check
import { defineConfig } from "vite";

export default defineConfig({
  build: { target: "es2023", rolldownOptions: { input: "renderer/index.html" } },
  // The bridge is linked to its folder, which has its own: two of them would not know each other.
  resolve: { dedupe: ["react", "react-dom", "rxdb", "rxjs"] },
});
