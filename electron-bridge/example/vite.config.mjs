// @ts-check
import { defineConfig } from "vite";

// Forge knows how main process and preload script are built.
export default defineConfig({});
