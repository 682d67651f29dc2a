/** The channels between windows and the main process. */
export const channels = {
  endpoint: "sidecar:endpoint",
  status: "sidecar:status",
  start: "sidecar:start",
} as const;
