import { connect } from "@pjais/electron-bridge";
import type {} from "@pjais/electron-bridge/preload";
import { SidecarProvider } from "@pjais/electron-bridge/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { Failure } from "./failure.tsx";
import "./style.css";

const root = document.getElementById("root");
if (!root || !window.sidecar) throw new Error("This page needs window.sidecar from its preload.");

createRoot(root).render(
  <StrictMode>
    <SidecarProvider client={connect(window.sidecar.endpoint)}>
      <App />
      <Failure />
    </SidecarProvider>
  </StrictMode>,
);
