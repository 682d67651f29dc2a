// @ts-check

export default {
  packagerConfig: {
    asar: true,
    // The bundle goes beside app.asar: nothing can be run from in there.
    extraResource: ["../../build/dist/sidecar"],
  },
  plugins: [
    {
      name: "@electron-forge/plugin-vite",
      config: {
        build: [
          { entry: "main/main.ts", config: "vite.config.mjs", target: "main" },
          { entry: "preload/preload.ts", config: "vite.config.mjs", target: "preload" },
        ],
        renderer: [{ name: "window", config: "vite.renderer.config.mjs" }],
      },
    },
  ],
};
