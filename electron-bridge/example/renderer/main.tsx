import { connect } from "@pjais/electron-bridge";
import { SidecarProvider } from "@pjais/electron-bridge/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./style.css";

declare global {
  interface Window {
    /** Where the sidecar listens and how to prove that we may ask: put here before any page script. */
    sidecarEndpoint?: { url: string; token: string };
  }
}

const root = document.getElementById("root");
const endpoint = window.sidecarEndpoint;
if (!root || !endpoint) throw new Error("This page needs window.sidecarEndpoint from its preload.");

createRoot(root).render(
  <StrictMode>
    <SidecarProvider client={connect(endpoint)}>
      <App />
    </SidecarProvider>
  </StrictMode>,
);
